import { env } from 'cloudflare:workers';
import { proxyDurable } from 'itty-durable';
import { expect, test } from 'vitest';
import { onSchedule } from './on-schedule.ts';
import { migrate } from './test/migrate.ts';

const day = 24 * 60 * 60 * 1000;
const now = 1_800_000_000_000;

test('projects that were silent for a month are not counted any more, and the totals stay', async () => {
  await migrate(env.DB);
  const instance = proxyDurable(env.INSTANCE, { parse: true }).get('instance');
  const activity = { calls: 2, errors: 1, connections: 0 };
  await instance.report({ ...activity, project: 'old', at: now - 31 * day });
  await instance.report({ ...activity, project: 'new', at: now - 29 * day });

  await onSchedule({ scheduledTime: now }, env);

  expect(await instance.counters()).toEqual({ calls: 4, errors: 2, projects: { new: { ...activity, at: now - 29 * day } } });
});
