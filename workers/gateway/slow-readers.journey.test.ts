/** Clients that read large answers slowly, not at all, or as they come. */
import { createClient } from '@betterbase/client';
import { type FunctionReference, makeFunctionReference } from '@betterbase/core';
import { acknowledgeCharacters, maxUnacknowledgedCharacters, type ServerMessage } from '@betterbase/protocol';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type LocalPlatform, startLocalPlatform } from './test/local-platform.ts';
import { RawSocket } from './test/raw-socket.ts';
import { testApp } from './test/test-app.ts';

const large = 300_000;
const list: FunctionReference<'query', 'public', { list: string }, string[]> = makeFunctionReference('items:list');

let platform: LocalPlatform;
beforeAll(async () => {
  platform = await startLocalPlatform({ host: 'loader', app: testApp });
  await platform.deploy('app', testApp);
});
afterAll(() => platform.stop());

async function add(text: string): Promise<void> {
  const { body } = await platform.post('/p/app/api/mutation', { path: 'items:add', args: { list: 'large', text } });
  expect(body).toMatchObject({ status: 'success' });
}

/** What one transition shows, each item by its beginning. */
function shown(message: ServerMessage | undefined): readonly string[] {
  const change = message?.type === 'transition' ? message.changes[0] : undefined;
  const value = change !== undefined && 'value' in change ? change.value : null;
  return Array.isArray(value) ? value.map((text) => String(text).slice(0, 10)) : [];
}

async function watching(session: string | null, version: number) {
  const socket = await RawSocket.open(`${platform.url}/p/app/realtime`);
  onTestFinished(() => socket.close());
  const connected = await socket.connect(session, version, acknowledgeCharacters);
  socket.send({ type: 'watch', add: [{ id: 1, path: 'items:list', args: { list: 'large' } }], remove: [] });
  return { socket, connected };
}

test('who acknowledges nothing gets the newest alone, is let go, and has everything when it resumes; who reads is kept', async () => {
  await add('x'.repeat(large));
  const states: string[] = [];
  const reader = createClient({ url: `${platform.url}/p/app` });
  onTestFinished(() => reader.close());
  reader.onConnectionState(({ phase }) => states.push(phase));
  const read: number[] = [];
  reader.watch(list, { list: 'large' }, (texts) => read.push(texts.length));
  const { socket, connected } = await watching(null, 0);
  const told: ServerMessage[] = [await socket.next()];
  for (let index = 1; index <= 12; index++) {
    await add(`item ${index}`);
    await vi.waitFor(() => expect(read.at(-1)).toBe(1 + index));
  }

  while (socket.waiting > 0) told.push(await socket.next());
  expect(told.map((message) => shown(message).length)).toEqual([1, 2, 3, 4]);
  expect(told.length * large).toBeGreaterThan(maxUnacknowledgedCharacters);
  socket.send({ type: 'acknowledge', version: 4, finished: 0 });
  expect(shown(await socket.next())).toHaveLength(1 + 12);

  let last = 12;
  const after: ServerMessage[] = [];
  while (after.at(-1)?.type !== 'fatal') {
    await add(`item ${++last}`);
    while (socket.waiting > 0) after.push(await socket.next());
    // A project that nothing happens in sleeps, which ends the connection too.
    if (last > 15) await new Promise((resolve) => setTimeout(resolve, 2_000));
  }
  expect(after.slice(0, -1).map((message) => shown(message).length)).toEqual([14, 15, 16]);
  expect(after.at(-1)).toMatchObject({ error: { code: 'session/too-slow' }, retry: 'later' });
  expect(await socket.closed()).toEqual({ code: 4429, reason: 'session/too-slow' });

  const again = await watching(connected.session, 8);
  expect(again.connected).toMatchObject({ resumed: true, session: connected.session });
  expect(shown(await again.socket.next())).toEqual(['xxxxxxxxxx', ...Array.from({ length: last }, (_, index) => `item ${index + 1}`)]);
  await vi.waitFor(() => expect(read.at(-1)).toBe(1 + last));
  expect(new Set(states)).toEqual(new Set(['connecting', 'connected']));
  expect(reader.connectionState()).toMatchObject({ isConnected: true, connections: 1 });
});
