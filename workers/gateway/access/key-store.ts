/** Keys in D1. */
import { and, desc, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { apiKeys } from '../../../migrations/schema.ts';
import { readGrants } from '../people/admin-grants.ts';
import type { Grant } from './principal.ts';

export type ApiKeyRow = typeof apiKeys.$inferSelect;

/** A key as it is shown: nothing of it opens anything. */
export type ListedKey = Omit<ApiKeyRow, 'digest'>;

export interface FoundKeyRow extends ApiKeyRow {
  /** What whoever answers for it may do now; null: nobody's rights limit it. */
  readonly behind: readonly Grant[] | null;
}

/** How exactly it is known when a key was last used, ms. */
const useResolution = 60_000;

/** The key with this digest, if it opens anything at this time. */
export async function findKey(database: D1Database, digest: string, now: number): Promise<FoundKeyRow | null> {
  const [row] = await drizzle(database)
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.digest, digest), isNull(apiKeys.revokedAt)))
    .limit(1);
  if (row === undefined || (row.expiresAt !== null && row.expiresAt <= now)) return null;
  // A project's own keys are the project's, whoever made it.
  const isPersonal = row.kind === 'live' && row.adminId !== null;
  return { ...row, behind: isPersonal ? await readGrants(database, row.adminId) : null };
}

/** Of these projects; null: every key. Newest first, revoked ones too. */
export async function listKeys(database: D1Database, projects: readonly string[] | null): Promise<readonly ListedKey[]> {
  const { digest: _, ...columns } = columnsOf();
  return await drizzle(database)
    .select(columns)
    .from(apiKeys)
    .where(projects === null ? undefined : inArray(apiKeys.project, [...projects]))
    .orderBy(desc(apiKeys.createdAt), apiKeys.id)
    .limit(1_000);
}

export async function readKey(database: D1Database, id: string): Promise<ListedKey | null> {
  const { digest: _, ...columns } = columnsOf();
  const [row] = await drizzle(database).select(columns).from(apiKeys).where(eq(apiKeys.id, id)).limit(1);
  return row ?? null;
}

/** Keys of this person that open something: those they made, and those that these made. Newest first. */
export async function listKeysOf(database: D1Database, adminId: string, now: number): Promise<readonly ListedKey[]> {
  const { digest: _, ...columns } = columnsOf();
  return await drizzle(database)
    .select(columns)
    .from(apiKeys)
    .where(and(eq(apiKeys.adminId, adminId), opensAt(now)))
    .orderBy(desc(apiKeys.createdAt), apiKeys.id);
}

/** Keys that open something and that this one made, itself or by those that it made, whether these still open anything or not. Newest first. */
export async function listMadeWith(database: D1Database, id: string, now: number): Promise<readonly ListedKey[]> {
  const { digest: _, ...columns } = columnsOf();
  const made = sql`(
    WITH RECURSIVE made(id) AS (
      SELECT id FROM api_keys WHERE created_by = ${id}
      UNION SELECT next.id FROM made CROSS JOIN api_keys next ON next.created_by = made.id
    ) SELECT id FROM made
  )`;
  return await drizzle(database)
    .select(columns)
    .from(apiKeys)
    .where(and(inArray(apiKeys.id, made), opensAt(now)))
    .orderBy(desc(apiKeys.createdAt), apiKeys.id);
}

function opensAt(now: number) {
  return and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now)));
}

export function addKey(database: DrizzleD1Database, row: ApiKeyRow) {
  return database.insert(apiKeys).values(row);
}

/** A project's own key that is a secret: it goes on until it is rotated, and whoever made it has seen it. */
export function isProjectSecret({ kind }: Pick<ApiKeyRow, 'kind'>): boolean {
  return kind !== 'live' && kind !== 'publishable';
}

/** D1 binds a hundred values at most. */
const mostBound = 50;

export function revokeKeys(database: DrizzleD1Database, keys: readonly Pick<ApiKeyRow, 'id'>[], now: number) {
  return inPieces(keys).map((ids) =>
    database
      .update(apiKeys)
      .set({ revokedAt: now })
      .where(and(inArray(apiKeys.id, ids), isNull(apiKeys.revokedAt))),
  );
}

/** Somebody else answers for these from now on; null: nobody. */
export function handOverKeys(database: DrizzleD1Database, keys: readonly Pick<ApiKeyRow, 'id'>[], to: string | null) {
  return inPieces(keys).map((ids) => database.update(apiKeys).set({ adminId: to }).where(inArray(apiKeys.id, ids)));
}

function inPieces(keys: readonly Pick<ApiKeyRow, 'id'>[]): string[][] {
  const pieces: string[][] = [];
  for (let at = 0; at < keys.length; at += mostBound) pieces.push(keys.slice(at, at + mostBound).map(({ id }) => id));
  return pieces;
}

/** Ends the keys of this kind that a project has. */
export function retireKeys(database: DrizzleD1Database, project: string, kind: ApiKeyRow['kind'], now: number) {
  return database
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(and(eq(apiKeys.project, project), eq(apiKeys.kind, kind), isNull(apiKeys.revokedAt)));
}

/** Every key that is good for this project only. */
export function dropKeys(database: DrizzleD1Database, project: string) {
  return database.delete(apiKeys).where(eq(apiKeys.project, project));
}

/** Notes the use, where the last one noted is long enough ago. */
export async function noteUse(database: D1Database, { id, lastUsedAt }: ApiKeyRow, now: number): Promise<void> {
  const before = now - useResolution;
  if (lastUsedAt !== null && lastUsedAt > before) return;
  await drizzle(database)
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, before))));
}

function columnsOf() {
  const { id, kind, project, name, role, scopes, digest, prefix, createdBy, adminId, createdAt, expiresAt, lastUsedAt, revokedAt } =
    apiKeys;
  return { id, kind, project, name, role, scopes, digest, prefix, createdBy, adminId, createdAt, expiresAt, lastUsedAt, revokedAt };
}
