/**
 * Who is calling?
 *
 * There is no sign-in in this example yet. A browser makes up a public key and a secret once, keeps both, and sends them
 * along; knowing the secret is what "being" that person means. It stops strangers from editing your messages, and that is
 * all: there is no recovery, no second device, and whoever can read the browser's storage is you. Real sign-in replaces this file.
 */
import { AppError, v } from '@betterbase/core';
import type { Doc } from './_generated/dataModel';
import type { DatabaseWriter } from './_generated/server';

export const me = v.object({ key: v.string(), secret: v.string() });

export async function findPerson(db: DatabaseWriter, caller: { key: string; secret: string }): Promise<Doc<'people'> | null> {
  const person = await db
    .query('people')
    .withIndex('by_key', (q) => q.eq('key', caller.key))
    .unique();
  if (person !== null && person.secret !== caller.secret) throw new AppError('That name belongs to another browser.');
  return person;
}

export async function requirePerson(db: DatabaseWriter, caller: { key: string; secret: string }): Promise<Doc<'people'>> {
  const person = await findPerson(db, caller);
  if (person === null) throw new AppError('Join a channel before you write in it.');
  return person;
}
