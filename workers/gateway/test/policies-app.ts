import { type AuthProvider, definePolicy, type PolicyRules, type RowSecuritySettings } from '@betterbase/core';
import { parsePolicy } from '@betterbase/engine/policy-language';

/** Rooms with members and messages, kept apart by policies, as a bundle. */
export function policiesApp(provider: AuthProvider, rules: PolicyRules, rls: Partial<RowSecuritySettings> = {}): string {
  const policies = [parsePolicy(definePolicy('messages', rules), 'policies/messages.policy.ts')];
  return `
import { defineSchema, defineTable, mutation, query, v } from './runtime.js';
const rooms = {
  list: query({ args: {}, handler: async ({ db }) => (await db.asUser().query('messages').collect()).map(({ text }) => text) }),
  say: mutation({ args: { room: v.string(), text: v.string() }, handler: ({ db, auth }, { room, text }) => db.asUser().insert('messages', { room, text, author: auth.userId ?? '' }) }),
  edit: mutation({ args: { id: v.id('messages'), text: v.string() }, handler: async ({ db }, { id, text }) => { await db.asUser().patch(id, { text }); return null; } }),
  join: mutation({ args: { room: v.string(), person: v.string() }, handler: async ({ db }, fields) => { await db.insert('members', fields); return null; } }),
  leave: mutation({ args: { person: v.string() }, handler: async ({ db }, { person }) => { for (const each of await db.query('members').collect()) if (each.person === person) await db.delete(each._id); return null; } }),
};
export const modules = { rooms };
export const schema = defineSchema({
  members: defineTable({ room: v.string(), person: v.string() }).index('by_person', ['person']),
  messages: defineTable({ room: v.string(), author: v.string(), text: v.string() }),
});
export const http = null;
export const auth = { providers: ${JSON.stringify([provider])} };
export const policies = ${JSON.stringify(policies)};
export const rls = ${JSON.stringify(rls)};
`;
}
