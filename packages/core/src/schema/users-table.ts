import { v } from '../validators/v.ts';
import { defineTable } from './table.ts';

/** By this name the project's users are known among its tables, and by this index that they are. */
export const usersTableName = 'users';
export const usersIndexName = 'by_auth_user';

/**
 * The project's users as a table: read, joined and subscribed to like any other, and written by signing up and what follows.
 * Functions cannot write to it. `id` is the `subject` of their identity.
 *
 * @example export default defineSchema({ users: usersTable, notes: defineTable({ owner: v.string() }) });
 */
export const usersTable = defineTable({
  id: v.string(),
  name: v.string(),
  email: v.string(),
  image: v.union(v.string(), v.null()),
  role: v.union(v.string(), v.null()),
  /** Set by whoever administers the project. */
  metadata: v.any(),
}).uniqueIndex(usersIndexName, ['id']);

/** Whether a table is the project's users. */
export function isUsersTable({
  name,
  indexes,
}: {
  readonly name: string;
  readonly indexes: readonly { readonly name: string }[];
}): boolean {
  return name === usersTableName && indexes.some((index) => index.name === usersIndexName);
}
