/** The app of the soak, as a bundle: lists that only grow, and accounts whose sum never changes. */
export const soakAccounts = ['ann', 'ben', 'cem', 'dan'] as const;
export const openingBalance = 1_000;

export const soakApp = `
import { AppError, defineSchema, defineTable, internalMutation, makeFunctionReference, mutation, query, v } from './runtime.js';
const marksOf = async (db, list) => (await db.query('entries').withIndex('by_list', (q) => q.eq('list', list)).collect()).map(({ mark }) => mark);
const append = async (db, lists, mark) => {
  const read = [];
  for (const list of lists) {
    read.push(await marksOf(db, list));
    await db.insert('entries', { list, mark });
  }
  return read;
};
const move = async (db, name, by) => {
  const found = await db.query('balances').withIndex('by_name', (q) => q.eq('name', name)).first();
  if (found === null) await db.insert('balances', { name, amount: ${openingBalance} + by });
  else await db.patch(found._id, { amount: found.amount + by });
};
const note = makeFunctionReference('soak:note');
const soak = {
  read: query({ args: { lists: v.array(v.string()) }, handler: async ({ db }, { lists }) => {
    const read = [];
    for (const list of lists) read.push(await marksOf(db, list));
    return read;
  } }),
  balances: query({ args: {}, handler: async ({ db }) => Object.fromEntries((await db.query('balances').collect()).map(({ name, amount }) => [name, amount])) }),
  open: mutation({ args: { names: v.array(v.string()) }, handler: async ({ db }, { names }) => { for (const name of names) await move(db, name, 0); } }),
  append: mutation({ args: { lists: v.array(v.string()), mark: v.string() }, handler: ({ db }, { lists, mark }) => append(db, lists, mark) }),
  refuse: mutation({ args: { lists: v.array(v.string()), mark: v.string() }, handler: async ({ db }, { lists, mark }) => { await append(db, lists, mark); throw new AppError('no'); } }),
  transfer: mutation({ args: { from: v.string(), to: v.string(), amount: v.number(), lists: v.array(v.string()), mark: v.string() }, handler: async ({ db }, { from, to, amount, lists, mark }) => {
    await move(db, from, -amount);
    await move(db, to, amount);
    return await append(db, lists, mark);
  } }),
  later: mutation({ args: { mark: v.string(), ms: v.number() }, handler: async ({ db, scheduler }, { mark, ms }) => {
    await db.insert('entries', { list: 'scheduled', mark });
    await scheduler.runAfter(ms, note, { mark });
  } }),
  note: internalMutation({ args: { mark: v.string() }, handler: async ({ db }, { mark }) => { await db.insert('notes', { mark, at: Date.now() }); } }),
  notes: query({ args: {}, handler: async ({ db }) => (await db.query('notes').collect()).map(({ mark, at }) => ({ mark, at })) }),
};
export const modules = { soak };
export const schema = defineSchema({
  entries: defineTable({ list: v.string(), mark: v.string() }).index('by_list', ['list']),
  balances: defineTable({ name: v.string(), amount: v.number() }).index('by_name', ['name']),
  notes: defineTable({ mark: v.string(), at: v.number() }),
});
export const http = null;
`;
