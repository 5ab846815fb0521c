import { env } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import { beforeAll, expect, test } from 'vitest';
import { apiKeys } from '../../../migrations/schema.ts';
import { migrate } from '../../schedule/test/migrate.ts';
import { unlessRevoked } from './end-key.ts';
import { addKey, type ApiKeyRow, listMadeWith, readKey, revokeKeys } from './key-store.ts';

beforeAll(() => migrate(env.DB));

const now = 1_800_000_000_000;
const unused = { adminId: null, createdAt: now - 1, lastUsedAt: null, revokedAt: null, expiresAt: null };
const admin = { kind: 'live', project: null, role: 'admin', scopes: null, prefix: 'bb_live_x' } as const;
const keyOf = (id: string, createdBy: string): ApiKeyRow => ({ ...admin, ...unused, id, createdBy, digest: id, name: id });

test('a key that was revoked while it made another has made none', async () => {
  const database = drizzle(env.DB);
  const maker = keyOf('maker', 'root');
  await addKey(database, maker);
  await unlessRevoked(env.DB, maker, [addKey(database, keyOf('in time', 'maker'))]);
  await database.batch([revokeKeys(database, [maker], now)[0] ?? expect.fail()]);
  const late = unlessRevoked(env.DB, maker, [addKey(database, keyOf('late', 'maker'))]);
  await expect(late).rejects.toMatchObject({ code: 'auth/bad-key' });
  expect([await readKey(env.DB, 'in time'), await readKey(env.DB, 'late')]).toMatchObject([{ id: 'in time' }, null]);
});

test('what a key has made is found through keys that are over, once each, and only where it opens something', async () => {
  await drizzle(env.DB)
    .insert(apiKeys)
    .values([keyOf('first', 'root'), { ...keyOf('over', 'first'), expiresAt: now }, { ...keyOf('gone', 'over'), revokedAt: now - 1 }]);
  await drizzle(env.DB)
    .insert(apiKeys)
    .values([keyOf('last', 'gone'), keyOf('beside', 'root')]);
  expect((await listMadeWith(env.DB, 'first', now)).map(({ id }) => id)).toEqual(['last']);
  expect(await listMadeWith(env.DB, 'root', now)).toContainEqual(expect.objectContaining({ id: 'beside' }));
});
