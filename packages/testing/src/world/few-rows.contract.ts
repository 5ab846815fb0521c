import { type AnyValue, defineSchema, definePolicy, defineTable, mutation, query, v } from '@betterbase/core';
import type { ProjectStore } from '@betterbase/engine';
import { parsePolicy } from '@betterbase/engine/policy-language';
import type { RemoteSql, SqlDisk } from '@betterbase/providers';
import { describe, expect, it } from 'vitest';
import { TestEngine, valueOf } from './test-engine.ts';

/** Rows of tables that a database has handed out. */
export interface RowCounter {
  rows: number;
}

const isCounted = /^SELECT [^]* FROM "(?:tasks|notes|members)"/;

/** The same disk, its rows counted. */
export function countedDisk(disk: SqlDisk, counter: RowCounter): SqlDisk {
  return {
    ...disk,
    read: (sql, ...params) => {
      const rows = disk.read(sql, ...params);
      if (isCounted.test(sql)) counter.rows += rows.length;
      return rows;
    },
  };
}

/** The same database, its rows counted. */
export function countedSql(sql: RemoteSql, counter: RowCounter): RemoteSql {
  return {
    dialect: sql.dialect,
    batch: async (statements, mode) => {
      const results = await sql.batch(statements, mode);
      results.forEach(({ rows }, at) => {
        if (isCounted.test(statements[at]?.sql ?? '')) counter.rows += rows.length;
      });
      return results;
    },
  };
}

const schema = defineSchema({
  teams: defineTable({ name: v.string(), isOpen: v.boolean() }),
  members: defineTable({ team: v.string(), person: v.string() }).index('by_team_and_person', ['team', 'person']),
  tasks: defineTable({ owner: v.string(), team: v.string(), rank: v.number(), settings: v.any() }).index('by_rank', ['rank']),
  notes: defineTable({ owner: v.string(), shared: v.optional(v.boolean()) }),
});
const policies = [
  definePolicy('tasks', { select: `exists (select 1 from members m where m.team = tasks.team and m.person = auth.uid())` }),
  definePolicy('notes', { select: `owner = auth.uid() or (shared and auth.role() = 'admin')` }),
].map((policy) => parsePolicy(policy, `${policy.table}.policy.ts`));
const modules = {
  fill: {
    all: mutation({
      args: {},
      handler: async ({ db }) => {
        for (let at = 0; at < 400; at++) {
          const isMine = at % 100 === 57;
          await db.insert('tasks', { owner: 'bob', team: isMine ? 'blue' : `t${at % 7}`, rank: at, settings: { at } });
          await db.insert('notes', { owner: isMine ? 'ann' : 'bob', ...(at === 3 ? { shared: true } : {}) });
        }
        await db.insert('members', { team: 'blue', person: 'ann' });
        for (let at = 0; at < 7; at++) await db.insert('members', { team: `t${at}`, person: 'bob' });
      },
    }),
  },
  see: {
    collect: query({ args: {}, handler: async ({ db }: AnyValue) => (await db.asUser().query('tasks').collect()).length }),
    index: query({
      args: {},
      handler: async ({ db }: AnyValue) =>
        (
          await db
            .asUser()
            .query('tasks')
            .withIndex('by_rank', (q: AnyValue) => q.gt('rank', 100))
            .order('desc')
            .take(2)
        ).map(({ rank }: AnyValue) => rank),
    }),
    page: query({
      args: {},
      handler: async ({ db }: AnyValue) => {
        const page = await db.asUser().query('notes').paginate({ numItems: 3, cursor: null });
        return [page.page.length, page.isDone];
      },
    }),
    count: query({ args: {}, handler: async ({ db }: AnyValue) => await db.asUser().query('notes').count() }),
    first: query({ args: {}, handler: async ({ db }: AnyValue) => (await db.asUser().query('notes').first()) !== null }),
  },
};

/** Who sees few rows of many has few fetched, by whatever way. */
export function fewRowsContract(
  name: string,
  lend: (use: (store: ProjectStore, counter: RowCounter) => Promise<void>) => Promise<void>,
): void {
  describe(`${name} and who sees few rows of many`, () => {
    it('fetches those and no others', () =>
      lend(async (store, counter) => {
        const engine = await TestEngine.start({ app: { schema, modules, policies }, store, isDevelopment: false });
        valueOf(await engine.mutation('fill:all'));
        const ask = async (path: string, subject: string): Promise<AnyValue> => {
          counter.rows = 0;
          const call = { ...engine.call(path), identity: { subject, issuer: 'test', tokenIdentifier: subject } };
          const { results } = await engine.turn([
            { do: 'query', query: 1, call, pinned: false },
            { do: 'forget', query: 1 },
          ]);
          const [first] = results;
          return [first?.do === 'query' ? valueOf(first.answer.outcome) : null, counter.rows];
        };

        expect(await ask('see:collect', 'ann')).toEqual([4, 4]);
        expect(await ask('see:collect', 'eve')).toEqual([0, 0]);
        const [ranks, fetched] = await ask('see:index', 'ann');
        expect(ranks).toEqual([357, 257]);
        expect(fetched).toBeLessThanOrEqual(3);
        expect(await ask('see:page', 'ann')).toEqual([[3, false], 3]);
        expect(await ask('see:count', 'ann')).toEqual([4, 1]);
        expect(await ask('see:first', 'ann')).toEqual([true, 1]);
        expect(await ask('see:first', 'eve')).toEqual([false, 0]);
        expect((await ask('see:collect', 'bob'))[0]).toBe(396);
      }));
  });
}
