/**
 * Who is here, without a clock in any query.
 *
 * Always true: a row in `members` has at least one row in `tabs`, so a person with two tabs open counts once.
 * A tab that vanished without a word (crash, closed laptop) is dropped by the next heartbeat of anybody else: if nobody else
 * is there, nobody sees the stale count either.
 */
import type { Doc, Id } from './_generated/dataModel';
import type { DatabaseWriter } from './_generated/server';

/** Background tabs get their timers throttled to once a minute; the patience must be longer than that. */
const patience = 90_000;
const dropsPerCall = 100;

export async function arrive(db: DatabaseWriter, channel: Id<'channels'>, person: Id<'people'>): Promise<void> {
  const member = await findMember(db, channel, person);
  if (member === null) await db.insert('members', { channel, person });
}

/** Call it after a tab was removed or moved: ends the membership if it was the person's last tab in the channel. */
export async function departIfLast(db: DatabaseWriter, channel: Id<'channels'>, person: Id<'people'>): Promise<void> {
  const otherTab = await db
    .query('tabs')
    .withIndex('by_channel_and_person', (q) => q.eq('channel', channel).eq('person', person))
    .first();
  if (otherTab !== null) return;
  const member = await findMember(db, channel, person);
  if (member !== null) await db.delete(member._id);
}

export async function dropSilentTabs(db: DatabaseWriter, now: number): Promise<void> {
  const silent = await db
    .query('tabs')
    .withIndex('by_seen_at', (q) => q.lt('seenAt', now - patience))
    .take(dropsPerCall);
  for (const tab of silent) {
    await db.delete(tab._id);
    await departIfLast(db, tab.channel, tab.person);
  }
}

function findMember(db: DatabaseWriter, channel: Id<'channels'>, person: Id<'people'>): Promise<Doc<'members'> | null> {
  return db
    .query('members')
    .withIndex('by_channel_and_person', (q) => q.eq('channel', channel).eq('person', person))
    .unique();
}
