import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { d1Runner } from './d1-runner.ts';
import { attemptsTable } from './attempt-statements.ts';
import { codeRules, Lockout } from './lockout.ts';

test('attempts at once are counted one by one in D1', async () => {
  await env.DB.prepare(attemptsTable).run();
  const lockout = new Lockout({ run: d1Runner(env.DB), now: () => 1_800_000_000_000, rules: codeRules });
  const attempt = { action: 'code', account: 'ann', address: '2001:db8::1' };

  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockout.enter(attempt)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
  await expect(lockout.enter(attempt)).rejects.toMatchObject({ code: 'auth/too-many-attempts', details: { retryAfter: 60 } });

  await lockout.succeeded(attempt);
  await lockout.enter(attempt);
});
