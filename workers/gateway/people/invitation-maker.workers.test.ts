import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { apiKeys } from '../../../migrations/schema.ts';
import { migrate } from '../../schedule/test/migrate.ts';
import { isStillMeant } from './invitation-maker.ts';

beforeAll(() => migrate(env.DB));

test('what a key has promised is worth nothing once the key is revoked or has expired', async () => {
  const now = 1_800_000_000_000;
  vi.useFakeTimers({ toFake: ['Date'], now });
  onTestFinished(() => void vi.useRealTimers());
  const key = { kind: 'live', name: 'ci', project: null, role: 'owner', scopes: null, prefix: 'bb_live_x', createdBy: 'root' } as const;
  const made = { ...key, adminId: null, createdAt: now - 1, lastUsedAt: null, revokedAt: null, expiresAt: null };
  await drizzle(env.DB)
    .insert(apiKeys)
    .values([
      { ...made, id: 'good', digest: 'good' },
      { ...made, id: 'revoked', digest: 'revoked', revokedAt: now - 1 },
      { ...made, id: 'over', digest: 'over', expiresAt: now },
      { ...made, id: 'later', digest: 'later', expiresAt: now + 1 },
    ]);
  const invitation = {
    id: 'i',
    digest: 'd',
    email: 'eve@example.com',
    role: 'owner',
    project: null,
    createdAt: now - 1,
    expiresAt: now + 1,
  } as const;
  const meant = async (createdBy: string): Promise<boolean> => await isStillMeant(env.DB, { ...invitation, createdBy });
  expect([await meant('root'), await meant('good'), await meant('later')]).toEqual([true, true, true]);
  expect([await meant('revoked'), await meant('over'), await meant('nobody')]).toEqual([false, false, false]);
});
