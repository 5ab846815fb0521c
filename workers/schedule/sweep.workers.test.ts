import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeAll, expect, test } from 'vitest';
import { adminSessions, auditLog, deviceCodes, instanceSettings, invitations } from '../../migrations/schema.ts';
import { sweep } from './sweep.ts';
import { migrate } from './test/migrate.ts';

const day = 24 * 60 * 60 * 1000;
const now = 1_800_000_000_000;
const db = drizzle(env.DB);

beforeAll(() => migrate(env.DB));

const nothing = { address: null, resourceId: null, project: null, before: null, after: null };
const done = { actor: 'root', actorName: 'root', action: 'x', resourceType: 'project', outcome: 'done' };
const entry = (id: string, at: number) => ({ ...nothing, ...done, id, at });
const entries = async (): Promise<readonly string[]> => (await db.select({ id: auditLog.id }).from(auditLog)).map(({ id }) => id);

test('the audit log goes back as far as the setting says, and to the beginning where it says nothing', async () => {
  await db.insert(auditLog).values([entry('old', now - 31 * day), entry('new', now - 29 * day)]);

  await sweep(env.DB, now);
  expect(await entries()).toEqual(['new', 'old']);

  await db.insert(instanceSettings).values({ name: 'log_retention_days', value: 30, updatedAt: now });
  await sweep(env.DB, now);
  expect(await entries()).toEqual(['new']);
});

test('what is over is forgotten, and what is not stays', async () => {
  for (const [id, end] of [
    ['over', now],
    ['good', now + day],
  ] as const) {
    const moment = new Date(end).toISOString();
    await db.insert(adminSessions).values({ id, userId: 'ann', token: id, expiresAt: moment, createdAt: moment, updatedAt: moment });
    await db.insert(invitations).values({ id, digest: id, email: 'x', role: 'viewer', createdBy: 'root', createdAt: now, expiresAt: end });
    await db
      .insert(deviceCodes)
      .values({ digest: id, userDigest: id, client: 'x', state: 'pending', createdAt: now, expiresAt: end, polledAt: 0 });
  }

  await sweep(env.DB, now);

  expect(await db.select({ id: adminSessions.id }).from(adminSessions)).toEqual([{ id: 'good' }]);
  expect(await db.select({ id: invitations.id }).from(invitations)).toEqual([{ id: 'good' }]);
  expect(await db.select({ id: deviceCodes.digest }).from(deviceCodes)).toEqual([{ id: 'good' }]);
});
