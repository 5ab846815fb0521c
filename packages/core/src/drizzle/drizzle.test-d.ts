/** What the types of `ctx.db.drizzle` let authors write. */
import type { Id } from '@betterbase/core';
import { type DrizzleReader, type DrizzleWriter, int64, sqliteTable, systemColumns, text } from '@betterbase/core/drizzle';
import { eq } from 'drizzle-orm';

const tasks = sqliteTable('tasks', {
  ...systemColumns<Id<'tasks'>>(),
  text: text('text').notNull(),
  size: int64('size'),
});

declare const reader: DrizzleReader<{ tasks: typeof tasks }>;
declare const writer: DrizzleWriter<{ tasks: typeof tasks }>;

export async function reads(
  id: Id<'tasks'>,
): Promise<{ _id: Id<'tasks'>; _creationTime: number; _updatedTime: number; text: string; size: bigint | null }[]> {
  await reader.query.tasks.findFirst({ columns: { text: true } });
  return await reader.select().from(tasks).where(eq(tasks._id, id));
}

export async function writes(): Promise<void> {
  await writer.insert(tasks).values({ text: 'a', size: 5n });
  await writer.update(tasks).set({ size: null });

  // @ts-expect-error A required field is missing.
  await writer.insert(tasks).values({ size: 5n });
  // @ts-expect-error The database sets it.
  await writer.insert(tasks).values({ _id: 'x', text: 'a' });
  // @ts-expect-error A number is no bigint.
  await writer.insert(tasks).values({ text: 'a', size: 5 });
  // @ts-expect-error A query only reads.
  await reader.insert(tasks).values({ text: 'a' });
  // @ts-expect-error There is no such table.
  await reader.query.missing.findMany();
}
