/** What a live query under policies waits for: whatever decided what is seen, and nothing else. */
import { type AnyValue, defineSchema, definePolicy, defineTable, internalMutation, mutation, query, v } from '@betterbase/core';
import { parsePolicy } from '@betterbase/engine/policy-language';
import { expect, test } from 'vitest';
import { mutationOutcome, TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({
  members: defineTable({ room: v.string(), person: v.string() }).index('by_room_and_person', ['room', 'person']),
  messages: defineTable({ room: v.string(), text: v.string() }).index('by_room', ['room']),
  drafts: defineTable({ owner: v.string(), text: v.string() }).index('by_owner', ['owner']),
});
const isMember = `exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())`;
const policies = [
  parsePolicy(definePolicy('messages', { select: `${isMember} or auth.role() = 'moderator'` }), 'messages.policy.ts'),
  parsePolicy(definePolicy('drafts', { using: 'owner = auth.uid()' }), 'drafts.policy.ts'),
];
const inRoom = (db: AnyValue, room: string) =>
  db
    .asUser()
    .query('messages')
    .withIndex('by_room', (q: AnyValue) => q.eq('room', room));
const modules = {
  chat: {
    room: query({
      args: { room: v.string() },
      handler: async ({ db }: AnyValue, { room }) => (await inRoom(db, room).collect()).map(({ text }: AnyValue) => text),
    }),
    count: query({ args: { room: v.string() }, handler: async ({ db }: AnyValue, { room }) => await inRoom(db, room).count() }),
    page: query({
      args: { room: v.string() },
      handler: async ({ db }: AnyValue, { room }) =>
        (await inRoom(db, room).paginate({ numItems: 1, cursor: null })).page.map(({ text }: AnyValue) => text),
    }),
    sql: query({ args: {}, handler: async ({ db }: AnyValue) => (await db.asUser().execute('SELECT count(*) AS n FROM messages'))[0].n }),
    drafts: query({ args: {}, handler: async ({ db }: AnyValue) => (await db.asUser().query('drafts').collect()).length }),
    say: mutation({ args: { room: v.string(), text: v.string() }, handler: async ({ db }, fields) => await db.insert('messages', fields) }),
    edit: mutation({
      args: { id: v.id('messages'), text: v.string() },
      handler: async ({ db }, { id, text }) => await db.patch(id, { text }),
    }),
    join: mutation({
      args: { room: v.string(), person: v.string() },
      handler: async ({ db }, fields) => await db.insert('members', fields),
    }),
    leave: mutation({ args: { id: v.id('members') }, handler: async ({ db }, { id }) => await db.delete(id) }),
    draft: internalMutation({
      args: { owner: v.string() },
      handler: async ({ db }, { owner }) => await db.insert('drafts', { owner, text: '' }),
    }),
  },
};

async function start() {
  const engine = await TestEngine.start({ app: { schema, modules, policies }, store: testStore() });
  let queries = 0;
  return {
    /** Runs a query that is watched until a commit touches it; gives its number and its answer. */
    watch: async (path: string, args: AnyValue, subject: string | null, claims: object = {}) => {
      const number = ++queries;
      const identity = subject === null ? null : { ...claims, subject, issuer: 'test', tokenIdentifier: `test|${subject}` };
      const { results } = await engine.turn([
        { do: 'query', query: number, call: { ...engine.call(path, args), identity }, pinned: false },
      ]);
      const [first] = results;
      return { number, value: first?.do === 'query' ? valueOf(first.answer.outcome) : null };
    },
    /** Commits, and says which watched queries it concerns. */
    commit: async (path: string, args: AnyValue) => {
      const call = { ...engine.call(path, args), reach: 'any' } as const;
      const { results, stale } = await engine.turn([{ do: 'mutation', request: { session: null, id: call.requestId }, call }]);
      return { stale: [...stale].sort((one, other) => one - other), id: valueOf(mutationOutcome(results[0])) };
    },
  };
}

test('a row that is hidden, and the membership that hides it, are waited for; those of other rooms and other people are not', async () => {
  const { watch, commit } = await start();
  const room = { room: 'one' };
  const { id } = await commit('chat:say', { ...room, text: 'hi' });
  const ann = await watch('chat:room', room, 'ann');
  const bob = await watch('chat:room', room, 'bob');
  expect([ann.value, bob.value]).toEqual([[], []]);

  expect((await commit('chat:say', { room: 'two', text: 'x' })).stale).toEqual([]);
  expect((await commit('chat:join', { room: 'two', person: 'ann' })).stale).toEqual([]);
  const joined = await commit('chat:join', { ...room, person: 'ann' });
  expect(joined.stale).toEqual([ann.number]);
  const seeing = await watch('chat:room', room, 'ann');
  expect(seeing.value).toEqual(['hi']);
  expect((await commit('chat:edit', { id, text: 'hello' })).stale).toEqual([bob.number, seeing.number]);
  const still = await watch('chat:room', room, 'ann');
  expect((await commit('chat:join', { ...room, person: 'eve' })).stale).toEqual([]);
  expect((await commit('chat:leave', { id: joined.id })).stale).toEqual([still.number]);
  expect((await watch('chat:room', room, 'ann')).value).toEqual([]);
});

test('a role shows what a membership does not', async () => {
  const { watch, commit } = await start();
  await commit('chat:say', { room: 'one', text: 'hi' });

  expect((await watch('chat:room', { room: 'one' }, 'mo', { role: 'moderator' })).value).toEqual(['hi']);
  expect((await watch('chat:room', { room: 'one' }, 'mo')).value).toEqual([]);
  expect((await watch('chat:room', { room: 'one' }, null)).value).toEqual([]);
});

test.each(['count', 'page'])('a %s is about what is seen, and waits for what it looked at', async (path) => {
  const { watch, commit } = await start();
  const room = { room: 'one' };
  await commit('chat:say', { ...room, text: 'hi' });
  const before = await watch(`chat:${path}`, room, 'ann');

  expect((await commit('chat:say', { room: 'two', text: 'x' })).stale).toEqual([]);
  expect((await commit('chat:join', { ...room, person: 'ann' })).stale).toEqual([before.number]);
  expect([before.value, (await watch(`chat:${path}`, room, 'ann')).value]).toEqual(path === 'count' ? [0, 1] : [[], ['hi']]);
});

test('what an index on the owner finds waits for that owner alone', async () => {
  const { watch, commit } = await start();
  const ann = await watch('chat:drafts', {}, 'ann');

  expect((await commit('chat:draft', { owner: 'bob' })).stale).toEqual([]);
  expect((await commit('chat:draft', { owner: 'ann' })).stale).toEqual([ann.number]);
  expect((await watch('chat:drafts', {}, 'ann')).value).toBe(1);
});

test('SQL as a user waits for its tables, and for what decided about their rows', async () => {
  const { watch, commit } = await start();
  await commit('chat:say', { room: 'one', text: 'hi' });
  const ann = await watch('chat:sql', {}, 'ann');

  expect((await commit('chat:draft', { owner: 'ann' })).stale).toEqual([]);
  expect((await commit('chat:join', { room: 'one', person: 'ann' })).stale).toEqual([ann.number]);
  const seeing = await watch('chat:sql', {}, 'ann');
  expect((await commit('chat:say', { room: 'two', text: 'x' })).stale).toEqual([seeing.number]);
  expect([ann.value, seeing.value]).toEqual([0, 1]);
});
