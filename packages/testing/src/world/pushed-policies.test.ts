/** Policies that the store decides: what is written meanwhile, and what a live query waits for. */
import { DatabaseSync } from 'node:sqlite';
import { type AnyValue, type ProjectLimits, defineSchema, definePolicy, defineTable, mutation, query, v } from '@betterbase/core';
import type { OperationResult, ProjectStore, TurnOperation } from '@betterbase/engine';
import { parsePolicy } from '@betterbase/engine/policy-language';
import { EmbeddedStore, nodeDisk, type SqlDisk } from '@betterbase/providers';
import { expect, test } from 'vitest';
import { storeElsewhere } from '../elsewhere/index.ts';
import { mutationOutcome, TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({
  teams: defineTable({ name: v.string(), isOpen: v.boolean(), seen: v.number() }),
  members: defineTable({ team: v.string(), person: v.string() }).index('by_team_and_person', ['team', 'person']),
  tasks: defineTable({ team: v.string(), text: v.string() }).index('by_team', ['team']),
  plans: defineTable({ team: v.string() }),
  loose: defineTable({ value: v.any() }),
});
const policies = [
  definePolicy('tasks', {
    select: 'exists (select 1 from members m where m.team = tasks.team and m.person = auth.uid())',
    insert: 'true',
  }),
  definePolicy('plans', { select: 'team in (select t.name from teams t where t."isOpen")' }),
].map((policy) => parsePolicy(policy, `${policy.table}.policy.ts`));

const listed = Array.from({ length: 28 }, (_, at) => at).join(', ');
const longPolicy = parsePolicy(definePolicy('loose', { select: `value in (${listed})` }), 'loose.policy.ts');

const texts = (rows: readonly AnyValue[]): AnyValue[] => rows.map(({ text }) => text);
const modules = {
  app: {
    tasks: query({ args: {}, handler: async ({ db }: AnyValue) => texts(await db.asUser().query('tasks').collect()) }),
    loose: query({ args: {}, handler: async ({ db }: AnyValue) => await db.asUser().query('loose').count() }),
    plans: query({ args: {}, handler: async ({ db }: AnyValue) => await db.asUser().query('plans').count() }),
    add: mutation({
      args: { table: v.string(), fields: v.any() },
      handler: async ({ db }: AnyValue, { table, fields }) => await db.insert(table, fields),
    }),
    change: mutation({
      args: { id: v.string(), fields: v.any() },
      handler: async ({ db }: AnyValue, { id, fields }) => await db.patch(id, fields),
    }),
    remove: mutation({ args: { id: v.string() }, handler: async ({ db }: AnyValue, { id }) => await db.delete(id) }),
    joinAndList: mutation({
      args: { team: v.string() },
      handler: async ({ db, auth }: AnyValue, { team }) => {
        const before = texts(await db.asUser().query('tasks').collect());
        const id = await db.insert('members', { team, person: auth.userId });
        const during = [texts(await db.asUser().query('tasks').collect()), await db.asUser().query('tasks').count()];
        await db.delete(id);
        return [before, during, texts(await db.asUser().query('tasks').collect())];
      },
    }),
    /** Between two tasks the caller comes into a team, or leaves one. */
    loop: mutation({
      args: { join: v.optional(v.string()), leave: v.optional(v.string()) },
      handler: async ({ db, auth }: AnyValue, { join, leave }) => {
        const seen: AnyValue[] = [];
        for await (const { text } of db.asUser().query('tasks')) {
          seen.push(text);
          if (seen.length > 1) continue;
          if (join !== undefined) await db.insert('members', { team: join, person: auth.userId });
          if (leave !== undefined) await db.delete(leave);
        }
        return seen;
      },
    }),
    inTeam: mutation({
      args: { team: v.string() },
      handler: async ({ db }: AnyValue, { team }) =>
        texts(
          await db
            .asUser()
            .query('tasks')
            .withIndex('by_team', (q: AnyValue) => q.eq('team', team))
            .collect(),
        ),
    }),
    copy: mutation({
      args: {},
      handler: async ({ db }: AnyValue) => {
        const seen = await db.asUser().query('tasks').collect();
        await db.insert('plans', { team: `saw ${seen.length}` });
        return seen.length;
      },
    }),
  },
};

async function start(store: ProjectStore = testStore(), limits: Partial<ProjectLimits> = {}) {
  const engine = await TestEngine.start({ app: { schema, modules, policies: [...policies, longPolicy] }, store, limits });
  let world = engine;
  let queries = 0;
  const identity = (subject: string) => ({ subject, issuer: 'test', tokenIdentifier: `test|${subject}` });
  const mutating = (path: string, args: AnyValue, subject: string): TurnOperation => {
    const call = { ...world.call(`app:${path}`, args), identity: identity(subject) };
    return { do: 'mutation', request: { session: null, id: call.requestId }, call };
  };
  const valueAt = (result: OperationResult | undefined): AnyValue => valueOf(mutationOutcome(result));
  return {
    engine,
    sleep: async () => {
      await world.keep();
      world = engine.reborn();
    },
    watch: async (path: string, subject: string, pinned = false) => {
      const call = { ...world.call(`app:${path}`), identity: identity(subject) };
      const { results } = await world.turn([{ do: 'query', query: ++queries, call, pinned }]);
      const [first] = results;
      return { number: queries, value: first?.do === 'query' ? valueOf(first.answer.outcome) : null };
    },
    commit: async (path: string, args: AnyValue = {}, subject = 'ann') => {
      const { results, stale } = await world.turn([mutating(path, args, subject)]);
      return { value: valueAt(results[0]), stale: [...stale] };
    },
    together: async (...all: readonly (readonly [path: string, args: AnyValue])[]) => {
      const { results } = await world.turn(all.map(([path, args]) => mutating(path, args, 'ann')));
      return results.map(valueAt);
    },
    add: async (table: string, fields: AnyValue) => {
      const { results, stale, refreshed } = await world.turn([mutating('add', { table, fields }, 'root')]);
      return { id: valueAt(results[0]), stale: [...stale], refreshed: refreshed.map(({ query: number }) => number) };
    },
  };
}

test('a mutation sees what its own memberships show, and no longer when it takes them back', async () => {
  const { add, commit } = await start();
  await add('tasks', { team: 'red', text: 'paint' });
  await add('tasks', { team: 'blue', text: 'swim' });

  expect((await commit('joinAndList', { team: 'red' })).value).toEqual([[], [['paint'], 1], []]);
});

test('what a mutation writes between two rows decides about the rows that come then', async () => {
  const { add, commit } = await start();
  for (const [team, text] of [
    ['red', 'one'],
    ['blue', 'two'],
    ['red', 'three'],
    ['blue', 'four'],
  ])
    await add('tasks', { team, text });
  const { id: leave } = await add('members', { team: 'red', person: 'ann' });

  expect((await commit('loop', { leave })).value).toEqual(['one']);
  await add('members', { team: 'red', person: 'ann' });
  expect((await commit('loop', { join: 'blue' })).value).toEqual(['one', 'two', 'three', 'four']);
});

test('a list waits for one’s own memberships and for its rows, and for nobody else’s memberships', async () => {
  const { add, commit, watch } = await start();
  const { id: task } = await add('tasks', { team: 'red', text: 'paint' });
  const other = await watch('tasks', 'bob');
  const list = await watch('tasks', 'ann');

  expect((await add('members', { team: 'red', person: 'eve' })).stale).toEqual([]);
  expect((await add('members', { team: 'blue', person: 'eve' })).stale).toEqual([]);
  const joined = await add('members', { team: 'red', person: 'ann' });
  expect([list.value, joined.stale]).toEqual([[], [list.number]]);
  const seeing = await watch('tasks', 'ann');
  expect(seeing.value).toEqual(['paint']);
  // The row is hidden from one of them: it may be about to be shown.
  expect((await commit('change', { id: task, fields: { text: 'draw' } })).stale.sort()).toEqual([other.number, seeing.number]);
  const last = await watch('tasks', 'ann');
  expect((await commit('remove', { id: joined.id })).stale).toEqual([last.number]);
});

test('what a list waits for outlives the memory of the engine', async () => {
  const { add, watch, sleep } = await start();
  await add('tasks', { team: 'red', text: 'paint' });
  const list = await watch('tasks', 'ann', true);
  await sleep();

  expect((await add('members', { team: 'red', person: 'eve' })).refreshed).toEqual([]);
  expect((await add('members', { team: 'red', person: 'ann' })).refreshed).toEqual([list.number]);
});

test('a list does not wait for fields that no policy looks at', async () => {
  const { add, commit, watch } = await start();
  const { id } = await add('teams', { name: 'red', isOpen: false, seen: 0 });
  await add('plans', { team: 'red' });
  const plans = await watch('plans', 'ann');

  expect((await commit('change', { id, fields: { seen: 1 } })).stale).toEqual([]);
  expect((await commit('change', { id, fields: { isOpen: true } })).stale).toEqual([plans.number]);
  expect([plans.value, (await watch('plans', 'ann')).value]).toEqual([0, 1]);
});

test('mutations that wait to be committed together are committed before a policy looks at what they write', async () => {
  const { add, together } = await start(storeElsewhere());
  await add('tasks', { team: 'red', text: 'paint' });

  const [, seen] = await together(['add', { table: 'members', fields: { team: 'red', person: 'ann' } }], ['copy', {}]);

  expect(seen).toBe(1);
});

test('what is hidden is not read by the function, and no database walks on without end for it', async () => {
  const { add, watch, commit } = await start(testStore(), { documentsRead: 5, rowsPassed: 30 });
  for (let at = 0; at < 30; at++) await add('tasks', { team: at < 28 ? 'red' : 'blue', text: `t${at}` });
  await add('members', { team: 'blue', person: 'ann' });

  expect((await watch('tasks', 'ann')).value).toEqual(['t28', 't29']);
  await add('tasks', { team: 'red', text: 'one more' });
  await expect(watch('tasks', 'ann')).rejects.toThrow('query/reads-too-much');
  // Its own team is found by an index, which has a few rows.
  expect((await commit('inTeam', { team: 'blue' })).value).toEqual(['t28', 't29']);
});

test('a condition with more values than a statement has parameters is asked here', async () => {
  let most = 0;
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  const counting: SqlDisk = {
    ...disk,
    read: (sql, ...params) => {
      most = Math.max(most, params.length);
      return disk.read(sql, ...params);
    },
  };
  const { add, watch } = await start(new EmbeddedStore(counting));
  for (const value of [3, 27, 40, true, 'x']) await add('loose', { value });

  expect((await watch('loose', 'ann')).value).toBe(3);
  expect(most).toBeLessThanOrEqual(100);
});
