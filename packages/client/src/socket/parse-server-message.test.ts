import { expect, test } from 'vitest';
import { parseServerMessage } from './parse-server-message.ts';

test.each([
  [{ type: 'connected', session: 's', resumed: false, protocol: 1 }],
  [
    {
      type: 'transition',
      from: 0,
      to: 1,
      changes: [
        { id: 1, same: true },
        { id: 2, value: null, hash: 'h' },
      ],
      finished: [{ id: 1, value: null }],
    },
  ],
  [{ type: 'transition', from: 0, to: 1, changes: [], finished: [{ id: 1, error: { code: 'a/b', message: 'm' } }] }],
  [{ type: 'action-finished', id: 1, value: 3 }],
  [{ type: 'fatal', error: { code: 'a/b', message: 'm' } }],
])('%j is a message', (message) => {
  expect(parseServerMessage(JSON.stringify(message))).toEqual(message);
});

test.each([
  ['{'],
  ['null'],
  ['{"type":"surprise"}'],
  ['{"type":"connected","session":"s"}'],
  ['{"type":"transition","from":0,"to":1,"changes":[{"id":1}],"finished":[]}'],
  ['{"type":"transition","from":0,"to":1,"changes":[{"id":1,"value":2}],"finished":[]}'],
  ['{"type":"transition","from":0,"to":1,"changes":[],"finished":[{"value":2}]}'],
  ['{"type":"action-finished","id":1}'],
  ['{"type":"fatal","error":"no"}'],
  [new ArrayBuffer(3)],
])('%s is none', (text) => {
  expect(() => parseServerMessage(text)).toThrow('The server sent something that is no message');
});
