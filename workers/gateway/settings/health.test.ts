import { expect, test } from 'vitest';
import { measureHealth } from './health.ts';

function databaseThat(answers: () => Promise<unknown>) {
  // Of a statement nothing else is asked here.
  return { prepare: () => ({ first: answers }) as unknown as D1PreparedStatement };
}

test('a database that answers is ok, and how long it took is told; one that does not is an error, and no failure', async () => {
  let clock = 1_000;
  const now = () => clock;
  const slow = databaseThat(async () => {
    clock += 40;
    return 1;
  });
  const broken = databaseThat(() => Promise.reject(new Error('D1_ERROR')));

  expect((await measureHealth({ database: slow, since: 0, now })).database).toEqual({ status: 'ok', latency_ms: 40 });
  clock += 5_000;
  expect(await measureHealth({ database: broken, since: 1_040, now })).toEqual({
    database: { status: 'error', latency_ms: 0 },
    server: { status: 'ok', uptime_seconds: 5 },
  });
});
