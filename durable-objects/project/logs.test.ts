import type { CallLog } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import { Logs } from './logs.ts';

const call = (path: string, text = ''): Omit<CallLog, 'sequence'> => ({
  at: 1,
  path,
  kind: 'query',
  requestId: 'r',
  milliseconds: 1,
  cached: false,
  rowsRead: 0,
  rowsWritten: 0,
  error: null,
  lines: text === '' ? [] : [{ level: 'log', text }],
});

async function readAll(stream: ReadableStream<Uint8Array>): Promise<CallLog[]> {
  const text = await new Response(stream).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as CallLog);
}

test('calls are read in order, from a sequence on', async () => {
  const logs = new Logs(1_000);
  for (const path of ['a:a', 'b:b', 'c:c']) logs.add(call(path));
  const [first] = await readAll(logs.read(0, false));

  const rest = await readAll(logs.read(first?.sequence ?? 0, false));

  expect(rest.map(({ path }) => path)).toEqual(['b:b', 'c:c']);
  expect(rest.map(({ sequence }) => sequence - (first?.sequence ?? 0))).toEqual([1, 2]);
});

test('a later life counts on above an earlier one', async () => {
  const early = new Logs(1_000);
  for (let n = 0; n < 500; n++) early.add(call('a:a'));
  const late = new Logs(1_001);
  late.add(call('b:b'));

  const [last] = (await readAll(early.read(0, false))).slice(-1);
  const [first] = await readAll(late.read(0, false));
  expect(first?.sequence).toBeGreaterThan(last?.sequence ?? 0);
});

test('only the newest thousand are kept, and little of what they printed', async () => {
  const logs = new Logs(0);
  for (let n = 0; n < 5_000; n++) logs.add(call(`a:${n}`));
  const kept = await readAll(logs.read(0, false));
  expect([kept.length, kept[0]?.path, kept.at(-1)?.path]).toEqual([1_000, 'a:4000', 'a:4999']);

  for (let n = 0; n < 100; n++) logs.add(call(`loud:${n}`, 'x'.repeat(100_000)));
  const loud = await readAll(logs.read(0, false));
  expect(loud.map(({ path }) => path)).toEqual(Array.from({ length: 20 }, (_, n) => `loud:${n + 80}`));
});

test('a follower gets what is kept and then every call as it comes, until it cancels', async () => {
  const logs = new Logs(0);
  logs.add(call('a:a'));
  const reader = logs.read(0, true).getReader();
  const next = async (): Promise<CallLog> => JSON.parse(new TextDecoder().decode((await reader.read()).value)) as CallLog;

  expect((await next()).path).toBe('a:a');
  logs.add(call('b:b'));
  expect((await next()).path).toBe('b:b');
  await reader.cancel();
  expect(() => logs.add(call('c:c'))).not.toThrow();
});

test('two followers each get all of it', async () => {
  const logs = new Logs(0);
  const readers = [logs.read(0, true).getReader(), logs.read(0, true).getReader()];
  logs.add(call('a:a'));

  const texts = await Promise.all(readers.map(async (reader) => new TextDecoder().decode((await reader.read()).value)));
  expect(texts[0]).toBe(texts[1]);
  expect(texts[0]).toContain('a:a');
});

test('a follower that reads nothing is let go instead of filling memory', async () => {
  const logs = new Logs(0);
  const stream = logs.read(0, true);
  for (let n = 0; n < 100; n++) logs.add(call('a:a', 'x'.repeat(100_000)));

  const got = await readAll(stream);
  expect(got.length).toBeLessThan(60);
});
