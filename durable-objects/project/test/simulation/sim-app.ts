/**
 * The app of the simulation: lists that only grow, in one table, and accounts whose sum never changes.
 *
 * Whatever is written leaves a mark that is used once, so that reading the lists says what ran, how often, and in what order.
 */
import {
  action,
  AppError,
  cronJobs,
  defineSchema,
  defineTable,
  type GenericDataModel,
  internalMutation,
  makeFunctionReference,
  mutation,
  type MutationCtx,
  paginationOptsValidator,
  query,
  type QueryCtx,
  type SchedulableFunctionReference,
  v,
} from '@betterbase/core';
import type { AppModule } from '@betterbase/engine';

export const accounts = ['ann', 'ben', 'cem'] as const;
export const openingBalance = 100;
/** `noted` and `worked` are written by jobs, `ticked` by cron jobs. */
export const lists = ['a', 'b', 'c', 'scheduled', 'canceled', 'transfers', 'noted', 'worked', 'ticked'] as const;

export type Edition =
  /** `number` is what `sim:edition` says. */
  { readonly is: 'good'; readonly number: number } | { readonly is: 'does not load' | 'breaks documents'; readonly number: number };

export function editionText(edition: Edition): string {
  return JSON.stringify(edition);
}

/** @throws when the edition does not load. */
export function simApp(text: string): AppModule {
  const edition = JSON.parse(text) as Edition;
  if (edition.is === 'does not load') throw new Error('This edition does not load.');
  const entries = defineTable({
    list: v.string(),
    mark: v.string(),
    ...(edition.number % 3 === 0 ? { note: v.optional(v.string()) } : {}),
    ...(edition.is === 'breaks documents' ? { missing: v.string() } : {}),
  }).index('by_list', ['list']);
  const schema = defineSchema({
    entries: edition.number % 3 === 1 ? entries.index('by_mark', ['mark']) : entries,
    balances: defineTable({ name: v.string(), amount: v.number() }).index('by_name', ['name']),
  });
  const crons = cronJobs();
  if (edition.number % 2 === 1) {
    crons.interval('tick', { minutes: 7 }, reference('sim:tick'), {});
    crons.interval('beat', { minutes: 11 }, reference('sim:beat'), {});
  }
  return { schema, crons, http: null, modules: { sim: functions(edition.number) } };
}

type Kind = 'query' | 'mutation' | 'action';
const reference = (path: string): SchedulableFunctionReference => makeFunctionReference<Kind>(path) as SchedulableFunctionReference;

const marksOf = async ({ db }: Pick<QueryCtx<GenericDataModel>, 'db'>, list: string): Promise<string[]> => {
  const entries = await db
    .query('entries')
    .withIndex('by_list', (q) => q.eq('list', list))
    .collect();
  return entries.map(({ mark }) => String(mark));
};

/** Returns what each list held before. */
const append = async (ctx: MutationCtx<GenericDataModel>, names: readonly string[], mark: string): Promise<string[][]> => {
  const read: string[][] = [];
  for (const list of names) {
    read.push(await marksOf(ctx, list));
    await ctx.db.insert('entries', { list, mark });
  }
  return read;
};

const move = async ({ db }: MutationCtx<GenericDataModel>, name: string, by: number): Promise<void> => {
  const found = await db
    .query('balances')
    .withIndex('by_name', (q) => q.eq('name', name))
    .first();
  if (found === null) await db.insert('balances', { name, amount: openingBalance + by });
  else await db.patch(found._id, { amount: Number(found['amount']) + by });
};

const names = { lists: v.array(v.string()), mark: v.string() };

const functions = (edition: number) => ({
  list: query({ args: { list: v.string() }, handler: (ctx, { list }) => marksOf(ctx, list) }),
  lists: query({
    args: { lists: v.array(v.string()) },
    handler: async (ctx, args) => {
      const read: string[][] = [];
      for (const list of args.lists) read.push(await marksOf(ctx, list));
      return read;
    },
  }),
  /** `count` says as of which version the answer is. */
  dated: query({
    args: { list: v.string() },
    handler: async (ctx, { list }) => ({ marks: await marksOf(ctx, list), count: await ctx.db.query('entries').count() }),
  }),
  newest: query({
    args: { list: v.string() },
    handler: async ({ db }, { list }) => {
      const found = await db
        .query('entries')
        .withIndex('by_list', (q) => q.eq('list', list))
        .order('desc')
        .take(2);
      return found.map(({ mark }) => mark);
    },
  }),
  page: query({
    args: { list: v.string(), paginationOpts: paginationOptsValidator },
    handler: async ({ db }, { list, paginationOpts }) => {
      const { page, isDone } = await db
        .query('entries')
        .withIndex('by_list', (q) => q.eq('list', list))
        .order('desc')
        .paginate(paginationOpts);
      return { marks: page.map(({ mark }) => mark), isDone };
    },
  }),
  balances: query({
    args: {},
    handler: async ({ db }) => {
      const found = await db.query('balances').collect();
      return Object.fromEntries(found.map(({ name, amount }) => [String(name), Number(amount)]));
    },
  }),
  odd: query({
    args: { list: v.string() },
    handler: async (ctx, { list }) => {
      const { length } = await marksOf(ctx, list);
      if (length % 2 === 0) throw new AppError({ even: length });
      return length;
    },
  }),
  edition: query({ args: {}, handler: async () => edition }),
  jobs: query({
    args: {},
    handler: async ({ db }) =>
      (await db.system.query('_scheduled_functions').collect()).map(({ name, args, state, scheduledTime, completedTime }) => ({
        name,
        mark: String((args[0] as { mark?: unknown } | undefined)?.mark),
        state: state.kind,
        scheduledTime,
        completedTime: completedTime ?? null,
      })),
  }),
  cronRuns: query({
    args: {},
    handler: async ({ db }) =>
      (await db.system.query('_cron_runs').collect()).map(({ cron, state, scheduledTime }) => ({ cron, state: state.kind, scheduledTime })),
  }),

  append: mutation({ args: names, handler: (ctx, args) => append(ctx, args.lists, args.mark) }),
  refuse: mutation({
    args: names,
    handler: async (ctx, args) => {
      await append(ctx, args.lists, args.mark);
      throw new AppError('no');
    },
  }),
  /** Waits for nothing. */
  stall: mutation({
    args: names,
    handler: async (ctx, args) => {
      await append(ctx, args.lists, args.mark);
      await new Promise(() => {});
      return null;
    },
  }),
  /** What is refused inside is caught, and leaves nothing. */
  nested: mutation({
    args: names,
    handler: async (ctx, args) => {
      const read = await ctx.runMutation(makeFunctionReference<'mutation'>('sim:append'), args);
      await ctx.runMutation(makeFunctionReference<'mutation'>('sim:refuse'), args).catch(() => {});
      return read;
    },
  }),
  transfer: mutation({
    args: { from: v.string(), to: v.string(), amount: v.number(), mark: v.string() },
    handler: async (ctx, { from, to, amount, mark }) => {
      await move(ctx, from, -amount);
      await move(ctx, to, amount);
      return await append(ctx, ['transfers'], mark);
    },
  }),
  open: mutation({
    args: {},
    handler: async (ctx) => {
      for (const name of accounts) await move(ctx, name, 0);
    },
  }),
  schedule: mutation({
    args: { mark: v.string(), ms: v.number(), job: v.string() },
    handler: async (ctx, { mark, ms, job }) => {
      const read = await append(ctx, ['scheduled'], mark);
      await ctx.scheduler.runAfter(ms, reference(job), { mark });
      return read;
    },
  }),
  /** Cancels the job that waits for longest, if there is one. */
  cancel: mutation({
    args: { mark: v.string() },
    handler: async (ctx, { mark }) => {
      const waiting = (await ctx.db.system.query('_scheduled_functions').collect()).find(({ state }) => state.kind === 'pending');
      if (waiting !== undefined) await ctx.scheduler.cancel(waiting._id);
      return await append(ctx, ['canceled'], mark);
    },
  }),
  note: internalMutation({ args: { mark: v.string() }, handler: async (ctx, { mark }) => append(ctx, ['noted'], mark) }),
  worked: internalMutation({ args: { mark: v.string() }, handler: async (ctx, { mark }) => append(ctx, ['worked'], mark) }),
  work: action({ args: { mark: v.string() }, handler: async () => null }),
  tick: internalMutation({
    args: {},
    handler: async (ctx) => {
      const { length } = await marksOf(ctx, 'ticked');
      await append(ctx, ['ticked'], `tick ${length}`);
    },
  }),
  beat: action({ args: {}, handler: async () => null }),
});
