/** The end of a key: what it has made ends with it, since whoever had it may have had no right to it. */
import { BetterBaseError } from '@betterbase/core';
import { and, eq, isNotNull, sql } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { apiKeys } from '../../../migrations/schema.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { addEntries } from './audit.ts';
import { keyResource, rememberedKey } from './audited-key.ts';
import { knownKeys } from './find-principal.ts';
import { isProjectSecret, type ListedKey, listMadeWith, readKey, revokeKeys } from './key-store.ts';
import { allowedTo, assertHas } from './principal.ts';

type Batch = Parameters<DrizzleD1Database['batch']>[0];

export interface Ended {
  /** The key itself first, unless it had been revoked before. */
  readonly revoked: readonly ListedKey[];
  readonly kept: readonly ListedKey[];
  /** Projects' own keys that it made: these go on until somebody rotates them. */
  readonly seen: readonly ListedKey[];
}

/** @throws BetterBaseError `auth/forbidden` unless whoever asks may do what each of the keys may that end */
export async function endKey(context: GatewayContext, key: ListedKey, keepMade: boolean): Promise<Ended> {
  const { DB } = context.env;
  const first = await endOnce(context, key, keepMade);
  if (keepMade) return first;
  // A key that ended just now may have made another meanwhile; it makes none after that.
  const revoked = [...first.revoked];
  for (let late = await leftBy(DB, key); late.own.length > 0; late = await leftBy(DB, key)) {
    await revoke(context, late.own, key);
    revoked.push(...late.own);
  }
  return { ...first, revoked };
}

async function endOnce(context: GatewayContext, key: ListedKey, keepMade: boolean): Promise<Ended> {
  const { own, seen } = await leftBy(context.env.DB, key);
  const revoked = [...(key.revokedAt === null ? [key] : []), ...(keepMade ? [] : own)];
  for (const each of revoked) assertHas(context.var.principal, allowedTo(each), each.project);
  if (revoked.length > 0) await revoke(context, revoked, key);
  return { revoked, kept: keepMade ? own : [], seen };
}

async function leftBy(database: D1Database, { id }: ListedKey) {
  const made = await listMadeWith(database, id, Date.now());
  return {
    own: made.filter(({ kind }) => kind === 'live'),
    seen: made.filter(isProjectSecret),
  };
}

async function revoke(context: GatewayContext, keys: readonly ListedKey[], asked: ListedKey): Promise<void> {
  const database = drizzle(context.env.DB);
  const entries = keys.map((key) => ({
    ...keyResource(key),
    before: rememberedKey(key),
    ...(key.id === asked.id ? {} : { after: { endedWith: asked.id } }),
  }));
  const [first, ...others] = [...revokeKeys(database, keys, Date.now()), ...addEntries(database, context, entries)];
  if (first !== undefined) await database.batch([first, ...others]);
  knownKeys.forget();
}

/**
 * Writes what belongs to a key that this one makes: all of it, or nothing if this one has been revoked meanwhile.
 *
 * @throws BetterBaseError `auth/bad-key`
 */
export async function unlessRevoked(database: D1Database, maker: ListedKey, batch: Batch): Promise<void> {
  const db = drizzle(database);
  // Writes nothing, or fails and takes the others along: a key has a name.
  const guard = db
    .update(apiKeys)
    .set({ name: sql`NULL` })
    .where(and(eq(apiKeys.id, maker.id), isNotNull(apiKeys.revokedAt)));
  try {
    await db.batch([guard, ...batch]);
  } catch (failure) {
    const now = await readKey(database, maker.id);
    if (now !== null && now.revokedAt === null) throw failure;
    throw new BetterBaseError('auth/bad-key', 'This key opens nothing here any more.', { hint: 'It was revoked while it made another.' });
  }
}
