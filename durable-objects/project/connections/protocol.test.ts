import { expect, test } from 'vitest';
import { type Protocol, protocolOf } from './protocol.ts';
import { decodeSocketMemory, encodeSocketMemory } from './socket-memory.ts';

const own: Protocol = { name: 'betterbase' };
const convex = (takesChunks: boolean): Protocol => ({ name: 'convex', takesChunks });

test.each([
  ['/p/app/realtime', own],
  ['/p/app/api/1.45.0/sync', convex(true)],
  ['/p/app/api/1.28.0-alpha.1/sync', convex(true)],
  ['/p/app/api/1.27.5/sync', convex(false)],
  ['/p/app/api/2.0.0/sync', convex(true)],
  ['/p/app/api/0.10.0/sync', convex(false)],
  ['/p/app/api/sync', convex(false)],
  ['/p/app/api/python-0.7.0/sync', convex(false)],
  ['/p/app/api/1.45.0/sync/more', own],
])('%s is spoken so', (path, protocol) => {
  expect(protocolOf(path)).toEqual(protocol);
});

test.each([own, convex(true), convex(false)])('what a socket remembers is read as it was written (%o)', (protocol) => {
  const at = protocol.name === 'convex' ? { querySet: 3, identity: 2, ts: 17 } : { querySet: 0, identity: 0, ts: 17 };
  for (const session of [null, 'convex:some session'])
    for (const isSettled of [true, false]) {
      const memory = { protocol, session, at, isSettled };
      expect(decodeSocketMemory(encodeSocketMemory(memory))).toEqual(memory);
    }
});

test('a socket remembers that its client acknowledges by characters too', () => {
  const memory = { protocol: own, session: 'pc', at: { querySet: 0, identity: 0, ts: 17 }, isSettled: true, isPrompt: true };

  expect(decodeSocketMemory(encodeSocketMemory(memory))).toEqual(memory);
});

test('what is not ours is not read', () => {
  for (const text of ['', '+', '17 name', null, {}, '*17 name']) expect(decodeSocketMemory(text)).toBeNull();
  expect(decodeSocketMemory('+17 name')).toEqual({
    protocol: own,
    session: 'name',
    at: { querySet: 0, identity: 0, ts: 17 },
    isSettled: true,
  });
});
