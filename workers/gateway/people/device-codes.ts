/**
 * Programs that wait for somebody to let them in (RFC 8628).
 *
 * Holds: nothing; both codes rest in D1 as digests.
 * Always true: a code is let in by one admin, and gives one session.
 */
import { and, desc, eq, gt, isNull, lte, ne } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import { deviceCodes } from '../../../migrations/schema.ts';
import { createSecret, digestOf } from '../access/key-text.ts';

export type DeviceRow = typeof deviceCodes.$inferSelect;

/** ms */
const life = 10 * 60 * 1000;
/** Seconds between two questions of a program. */
export const pollInterval = 5;
/** Networks deliver neither late nor early, but not to the millisecond. */
const tolerance = 500;
/** No vowels, so no words; nothing that looks like something else. 20^8: some 2.5 * 10^10. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const typedLetters = 8;

export interface OpenedDevice {
  readonly deviceCode: string;
  /** `BCDF-GHJK` */
  readonly userCode: string;
  /** Seconds */
  readonly expiresIn: number;
}

export async function openDevice(
  database: D1Database,
  { client, address }: Pick<DeviceRow, 'client' | 'address'>,
  now: number,
): Promise<OpenedDevice> {
  const { key: deviceCode, digest } = await createSecret('bb_device_');
  const userCode = createUserCode();
  const db = drizzle(database);
  const row = { client, address, state: 'pending', adminId: null, createdAt: now, expiresAt: now + life, polledAt: 0 } as const;
  await db.batch([
    db.delete(deviceCodes).where(lte(deviceCodes.expiresAt, now)),
    db.insert(deviceCodes).values({ ...row, digest, userDigest: await digestOf(userCode) }),
  ]);
  return { deviceCode, userCode, expiresIn: life / 1000 };
}

/** The program that shows this code, while it waits. However the code was typed. */
export async function findDevice(database: D1Database, typed: string, now: number): Promise<DeviceRow | null> {
  const [row] = await drizzle(database)
    .select()
    .from(deviceCodes)
    .where(
      and(eq(deviceCodes.userDigest, await digestOf(normalized(typed))), eq(deviceCodes.state, 'pending'), gt(deviceCodes.expiresAt, now)),
    )
    .limit(1);
  return row ?? null;
}

/** Whoever looks at a program first with its code: it is among theirs from now on, though others who have the code may decide, too. */
export async function claimDevice(database: D1Database, digest: string, adminId: string): Promise<void> {
  await drizzle(database)
    .update(deviceCodes)
    .set({ adminId })
    .where(and(eq(deviceCodes.digest, digest), eq(deviceCodes.state, 'pending'), isNull(deviceCodes.adminId)));
}

/** Programs that this admin has looked at or let in, and that have not come yet. Newest first. */
export async function listDevicesOf(database: D1Database, adminId: string, now: number): Promise<readonly DeviceRow[]> {
  return await drizzle(database)
    .select()
    .from(deviceCodes)
    .where(and(eq(deviceCodes.adminId, adminId), ne(deviceCodes.state, 'denied'), gt(deviceCodes.expiresAt, now)))
    .orderBy(desc(deviceCodes.createdAt), deviceCodes.digest);
}

/** By the id of the list, or by what the program shows. One that another admin has looked at is another's. */
export async function findDeviceOf(database: D1Database, adminId: string, text: string, now: number): Promise<DeviceRow | null> {
  const own = (await listDevicesOf(database, adminId, now)).find(({ digest }) => digest === text);
  if (own !== undefined) return own;
  const is = and(
    eq(deviceCodes.userDigest, await digestOf(normalized(text))),
    ne(deviceCodes.state, 'denied'),
    gt(deviceCodes.expiresAt, now),
  );
  const [row] = await drizzle(database).select().from(deviceCodes).where(is).limit(1);
  return row === undefined || (row.adminId !== null && row.adminId !== adminId) ? null : row;
}

/** Also one that was let in and has not come yet. */
export function refuseDevice(database: DrizzleD1Database, digest: string, adminId: string) {
  return database.update(deviceCodes).set({ state: 'denied', adminId }).where(eq(deviceCodes.digest, digest));
}

/** False: somebody else was faster, or the time is over. */
export async function decideDevice(
  database: D1Database,
  digest: string,
  decision: { readonly state: 'approved' | 'denied'; readonly adminId: string },
  now: number,
): Promise<boolean> {
  const decided = await drizzle(database)
    .update(deviceCodes)
    .set(decision)
    .where(and(eq(deviceCodes.digest, digest), eq(deviceCodes.state, 'pending'), gt(deviceCodes.expiresAt, now)))
    .returning({ digest: deviceCodes.digest });
  return decided.length > 0;
}

export type DeviceAnswer =
  | { readonly state: 'unknown' | 'over' | 'pending' | 'hasty' | 'denied' }
  /** Told once. */
  | { readonly state: 'approved'; readonly adminId: string };

/** What a program that waits is told. */
export async function pollDevice(database: D1Database, deviceCode: string, now: number): Promise<DeviceAnswer> {
  const db = drizzle(database);
  const is = eq(deviceCodes.digest, await digestOf(deviceCode));
  const [row] = await db.select().from(deviceCodes).where(is).limit(1);
  if (row === undefined) return { state: 'unknown' };
  if (row.expiresAt <= now) return { state: 'over' };
  if (row.state !== 'pending') {
    const [taken] = await db.delete(deviceCodes).where(is).returning();
    if (taken === undefined || taken.adminId === null) return { state: 'unknown' };
    return taken.state === 'approved' ? { state: 'approved', adminId: taken.adminId } : { state: 'denied' };
  }
  await db.update(deviceCodes).set({ polledAt: now }).where(is);
  return { state: now - row.polledAt < pollInterval * 1000 - tolerance ? 'hasty' : 'pending' };
}

function createUserCode(): string {
  const code: string[] = [];
  while (code.length < typedLetters) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    // What is above the last whole twenty would make some letters likelier than others.
    if (byte < 240) code.push(letters.charAt(byte % letters.length));
  }
  return normalized(code.join(''));
}

function normalized(typed: string): string {
  const code = typed.toUpperCase().replaceAll(/[^A-Z]/g, '');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
