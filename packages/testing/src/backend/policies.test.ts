/** Row-level security: what `ctx.db.asUser()` shows and lets change, by the policies of an app. */
import { type AnyValue, defineSchema, definePolicy, defineTable, type PolicyRules, query, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { betterbaseTest } from './betterbase-test.ts';

const schema = defineSchema({
  rooms: defineTable({ name: v.string(), isOpen: v.boolean() }),
  members: defineTable({ room: v.id('rooms'), person: v.string() }).index('by_room_and_person', ['room', 'person']),
  messages: defineTable({ room: v.id('rooms'), text: v.string(), author: v.string(), rank: v.number() })
    .index('by_author', ['author'])
    .index('by_rank', ['rank'])
    .searchIndex('texts', { searchField: 'text' }),
  drafts: defineTable({ text: v.string(), author: v.string() }).index('by_author', ['author']),
  handles: defineTable({ handle: v.string(), author: v.string() }).uniqueIndex('by_handle', ['handle']),
  secrets: defineTable({ text: v.string() }),
  notes: defineTable({ of: v.id('drafts', { onDelete: 'restrict' }) }),
});
const isMember = 'exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())';
const policies = {
  './policies/messages.policy.ts': definePolicy('messages', {
    select: `${isMember} or room in (select _id from rooms where "isOpen")`,
    insert: `author = auth.uid() and ${isMember}`,
    update: 'author = auth.uid()',
    delete: `author = auth.uid() or auth.role() = 'moderator'`,
  }),
  './policies/drafts.policy.ts': definePolicy('drafts', { using: 'auth.uid() = author' }),
  './policies/handles.policy.ts': definePolicy('handles', { using: 'auth.uid() = author' }),
};
const start = (rules: Record<string, AnyValue> = policies, modules = {}) =>
  betterbaseTest(schema, { ...modules, ...Object.fromEntries(Object.entries(rules).map(([file, policy]) => [file, { default: policy }])) });
const withPolicy = (table: string, rules: PolicyRules) => start({ './policies/one.policy.ts': definePolicy(table, rules) });
const lines = (messages: readonly AnyValue[]): AnyValue[] => messages.map(({ text }) => text);

async function chat() {
  const t = start();
  const ids: AnyValue = await t.run(async ({ db }: AnyValue) => {
    const open = await db.insert('rooms', { name: 'open', isOpen: true });
    const closed = await db.insert('rooms', { name: 'closed', isOpen: false });
    await db.insert('members', { room: closed, person: 'ann' });
    const say = (room: string, author: string, text: string, rank: number) => db.insert('messages', { room, author, text, rank });
    return {
      open,
      closed,
      hello: await say(open, 'ann', 'hello all', 3),
      hidden: await say(closed, 'ann', 'hello members', 2),
      other: await say(closed, 'bob', 'hello again', 1),
      last: await say(open, 'bob', 'bye', 0),
    };
  });
  return {
    t,
    ids,
    ann: t.withIdentity({ subject: 'ann' }),
    bob: t.withIdentity({ subject: 'bob' }),
    eve: t.withIdentity({ subject: 'eve' }),
  };
}

test('each user sees the rows that a policy shows, nobody signed in those for everybody, and functions see all', async () => {
  const { t, ann, eve } = await chat();
  const list = async ({ db }: AnyValue) => lines(await db.asUser().query('messages').collect());

  expect(await ann.query(list)).toEqual(['hello all', 'hello members', 'hello again', 'bye']);
  expect(await eve.query(list)).toEqual(['hello all', 'bye']);
  expect(await t.query(list)).toEqual(['hello all', 'bye']);
  expect(await eve.query(async ({ db }: AnyValue) => lines(await db.query('messages').collect()))).toHaveLength(4);
});

test('limits, orders, filters, counts, pages, search and iteration are about the rows that are seen', async () => {
  const { eve, ann } = await chat();
  const read = (work: (db: AnyValue) => Promise<AnyValue>) => eve.query(async ({ db }: AnyValue) => await work(db.asUser()));

  expect(lines(await read((db) => db.query('messages').withIndex('by_rank').take(2)))).toEqual(['bye', 'hello all']);
  expect(lines(await read((db) => db.query('messages').order('desc').collect()))).toEqual(['bye', 'hello all']);
  expect(lines(await read((db) => db.query('messages').order('desc', 'rank').collect()))).toEqual(['hello all', 'bye']);
  expect(
    await read((db) =>
      db
        .query('messages')
        .withIndex('by_rank', (q: AnyValue) => q.gt('rank', 0))
        .count(),
    ),
  ).toBe(1);
  expect(await read((db) => db.query('messages').filter('rank', 'lt', 3).count())).toBe(1);
  expect(lines(await read((db) => db.search('messages', 'hello', { limit: 1 })))).toEqual(['hello all']);
  expect(
    lines(
      await read((db) =>
        db
          .query('messages')
          .withSearchIndex('texts', (q: AnyValue) => q.search('text', 'hello'))
          .collect(),
      ),
    ),
  ).toEqual(['hello all']);
  expect(
    await read(async (db) => {
      const texts = [];
      for await (const { text } of db.query('messages')) texts.push(text);
      return texts;
    }),
  ).toEqual(['hello all', 'bye']);
  const first: AnyValue = await read((db) => db.query('messages').paginate({ numItems: 1, cursor: null }));
  const second: AnyValue = await read((db) => db.query('messages').paginate({ numItems: 1, cursor: first.continueCursor }));
  expect([lines(first.page), lines(second.page)]).toEqual([['hello all'], ['bye']]);
  expect(await ann.query(async ({ db }: AnyValue) => await db.asUser().query('messages').count())).toBe(4);
});

test('a row that is not seen is as good as not there', async () => {
  const { eve, ids } = await chat();
  const write = (work: (db: AnyValue) => Promise<AnyValue>) => eve.mutation(async ({ db }: AnyValue) => await work(db.asUser()));
  const missing = await eve.mutation(async ({ db }: AnyValue) => {
    const id = await db.insert('messages', { room: ids.open, author: 'x', text: 'x', rank: 0 });
    await db.delete(id);
    return id;
  });
  const refusal = async (id: AnyValue) =>
    await write((db) => db.patch(id, { text: 'mine' })).catch((error) => String(error.message).replaceAll(String(id), 'id'));

  expect(await eve.query(async ({ db }: AnyValue) => await db.asUser().get(ids.hidden))).toBeNull();
  expect(await eve.query(async ({ db }: AnyValue) => await db.asUser().table('messages').get(ids.hidden))).toBeNull();
  await expect(write((db) => db.patch(ids.hidden, { text: 'mine' }))).rejects.toMatchObject({ code: 'document/not-found' });
  await expect(write((db) => db.replace(ids.hidden, {}))).rejects.toMatchObject({ code: 'document/not-found' });
  await expect(write((db) => db.delete('messages', ids.hidden))).rejects.toMatchObject({ code: 'document/not-found' });
  expect(await refusal(ids.hidden)).toBe(await refusal(missing));
});

test('what no policy allows is denied, and a denied write leaves nothing behind even when the function goes on', async () => {
  const { t, ann, bob, eve, ids } = await chat();
  const insert = (who: typeof ann, author: string, room: AnyValue) =>
    who.mutation(async ({ db }: AnyValue) => await db.asUser().insert('messages', { room, author, text: 'new', rank: 9 }));
  const count = () => t.query(async ({ db }: AnyValue) => await db.query('messages').count());

  await expect(insert(ann, 'bob', ids.closed)).rejects.toMatchObject({ code: 'policy/denied' });
  await expect(insert(bob, 'bob', ids.closed)).rejects.toMatchObject({ code: 'policy/denied' });
  await ann.mutation(async ({ db }: AnyValue) => {
    await db
      .asUser()
      .insert('messages', { room: ids.open, author: 'ann', text: 'new', rank: 9 })
      .catch(() => {});
    await db
      .asUser()
      .patch(ids.hello, { author: 'bob' })
      .catch(() => {});
    await db
      .asUser()
      .table('messages')
      .patch(ids.last, { text: 'mine' })
      .catch(() => {});
  });
  expect(await count()).toBe(4);
  expect(await t.query(async ({ db }: AnyValue) => [(await db.get(ids.hello)).author, (await db.get(ids.last)).text])).toEqual([
    'ann',
    'bye',
  ]);
  await expect(insert(ann, 'ann', ids.closed)).resolves.toBeTypeOf('string');
  await ann.mutation(async ({ db }: AnyValue) => await db.asUser().patch('messages', ids.hello, { text: 'changed' }));
  await expect(eve.mutation(async ({ db }: AnyValue) => await db.asUser().delete(ids.last))).rejects.toMatchObject({
    code: 'policy/denied',
  });
  await t.withIdentity({ subject: 'mo', role: 'moderator' }).mutation(async ({ db }: AnyValue) => await db.asUser().delete(ids.last));
  expect(await count()).toBe(4);
});

test('a subquery sees what the mutation itself has written', async () => {
  const { bob, ids } = await chat();

  const seen = await bob.mutation(async ({ db }: AnyValue) => {
    const before = await db.asUser().query('messages').count();
    const member = await db.insert('members', { room: ids.closed, person: 'bob' });
    const during = await db.asUser().query('messages').count();
    await db.delete(member);
    return [before, during, await db.asUser().query('messages').count()];
  });

  expect(seen).toEqual([2, 4, 2]);
});

test('a policy of `using` alone is about reading and every kind of write', async () => {
  const { ann, bob } = await chat();
  const id = await ann.mutation(async ({ db }: AnyValue) => await db.asUser().insert('drafts', { text: 'one', author: 'ann' }));

  await ann.mutation(async ({ db }: AnyValue) => await db.asUser().patch(id, { text: 'two' }));
  expect(await ann.query(async ({ db }: AnyValue) => (await db.asUser().get(id)).text)).toBe('two');
  expect(await bob.query(async ({ db }: AnyValue) => await db.asUser().query('drafts').collect())).toEqual([]);
  await expect(ann.mutation(async ({ db }: AnyValue) => await db.asUser().patch(id, { author: 'bob' }))).rejects.toMatchObject({
    code: 'policy/denied',
  });
  await ann.mutation(async ({ db }: AnyValue) => await db.asUser().delete(id));
});

test('rows that are found by an index on what the policy asks are the only ones read', async () => {
  const { t } = await chat();
  await t.run(async ({ db }: AnyValue) => {
    for (let draft = 0; draft < 40; draft++) await db.insert('drafts', { text: `d${draft}`, author: `user${draft % 20}` });
  });

  const read = await t.withIdentity({ subject: 'user7' }).query(async ({ db, meta }: AnyValue) => {
    const page = await db.asUser().query('drafts').order('desc').paginate({ numItems: 1, cursor: null });
    const rest = await db.asUser().query('drafts').order('desc').paginate({ numItems: 5, cursor: page.continueCursor });
    return { texts: [...page.page, ...rest.page].map(({ text }) => text), metrics: await meta.getTransactionMetrics() };
  });

  expect(read.texts).toEqual(['d27', 'd7']);
  expect(read.metrics.documentsRead.used).toBeLessThanOrEqual(3);
});

test('a table without a policy, and a rule that nobody wrote, allow nothing', async () => {
  const t = withPolicy('drafts', { update: 'true', using: 'true' });
  const id = await t.run(async ({ db }: AnyValue) => {
    await db.insert('secrets', { text: 'x' });
    return await db.insert('drafts', { text: 'x', author: 'a' });
  });

  expect(await t.query(async ({ db }: AnyValue) => await db.asUser().query('secrets').collect())).toEqual([]);
  expect(await t.query(async ({ db }: AnyValue) => await db.asUser().get(id))).toBeNull();
  await expect(t.mutation(async ({ db }: AnyValue) => await db.asUser().insert('secrets', { text: 'y' }))).rejects.toMatchObject({
    code: 'policy/denied',
  });
});

test('withCheck is asked about what a row becomes, using about what it was, and both are asked besides the operation', async () => {
  const t = withPolicy('drafts', {
    select: true,
    insert: 'auth.authenticated()',
    update: true,
    using: `text = 'open'`,
    withCheck: `text != 'bad'`,
  });
  const user = t.withIdentity({ subject: 'u' });
  const insert = (text: string) => user.mutation(async ({ db }: AnyValue) => await db.asUser().insert('drafts', { text, author: 'u' }));
  const patch = (id: AnyValue, text: string) => user.mutation(async ({ db }: AnyValue) => await db.asUser().patch(id, { text }));

  await expect(insert('bad')).rejects.toMatchObject({ code: 'policy/denied' });
  const id = await insert('open');
  await expect(patch(id, 'bad')).rejects.toMatchObject({ code: 'policy/denied' });
  await patch(id, 'closed');
  await expect(patch(id, 'open')).rejects.toMatchObject({ code: 'policy/denied' });
  await expect(user.mutation(async ({ db }: AnyValue) => await db.asUser().delete(id))).rejects.toMatchObject({ code: 'policy/denied' });
});

test('nobody changes a row into one that they would not see', async () => {
  const t = withPolicy('drafts', { select: 'author = auth.uid()', update: 'author = auth.uid()', withCheck: true });
  const ann = t.withIdentity({ subject: 'ann' });
  const id = await t.run(async ({ db }: AnyValue) => await db.insert('drafts', { text: 'x', author: 'ann' }));

  const give = ann.mutation(async ({ db }: AnyValue) => await db.asUser().patch(id, { author: 'bob' }));

  await expect(give).rejects.toMatchObject({ code: 'policy/denied' });
  await ann.mutation(async ({ db }: AnyValue) => await db.asUser().patch(id, { text: 'y' }));
});

test('subqueries of what a row is to become read the table as it was before', async () => {
  const isFirst = 'not exists (select 1 from drafts other where other.author = auth.uid())';
  const t = withPolicy('drafts', { select: true, insert: isFirst, update: true, withCheck: `text = 'x' or ${isFirst}` });
  const ann = t.withIdentity({ subject: 'ann' });
  const add = () => ann.mutation(async ({ db }: AnyValue) => await db.asUser().insert('drafts', { text: 'x', author: 'ann' }));

  const id = await add();
  await expect(add()).rejects.toMatchObject({ code: 'policy/denied' });
  const change = (fields: object) => ann.mutation(async ({ db }: AnyValue) => await db.asUser().patch(id, fields));
  await expect(change({ text: 'y', author: 'bob' })).rejects.toMatchObject({ code: 'policy/denied' });
  await change({ author: 'bob' });
  await change({ text: 'z' });
});

test('of several policies of a table one that allows it is enough', async () => {
  const t = start({
    './policies/own.policy.ts': definePolicy('drafts', { select: 'author = auth.uid()' }),
    '../src/db/policies/team.policy.ts': definePolicy('drafts', { select: `auth.jwt() ->> 'team' = 'all'` }),
  });
  await t.run(async ({ db }: AnyValue) => {
    for (const author of ['ann', 'bob']) await db.insert('drafts', { text: author, author });
  });
  const list = async ({ db }: AnyValue) => lines(await db.asUser().query('drafts').collect());

  expect(await t.withIdentity({ subject: 'ann' }).query(list)).toEqual(['ann']);
  expect(await t.withIdentity({ subject: 'eve', team: 'all' }).query(list)).toEqual(['ann', 'bob']);
});

test('claims are found by the names that the token has, and by those that functions see', async () => {
  const t = withPolicy('drafts', {
    select: `(auth.jwt() ->> 'email_verified') is true and auth.jwt() ->> 'sub' = auth.jwt() ->> 'subject'`,
  });
  await t.run(async ({ db }: AnyValue) => await db.insert('drafts', { text: 'x', author: 'ann' }));
  const count = async ({ db }: AnyValue) => await db.asUser().query('drafts').count();

  expect(await t.withIdentity({ subject: 'ann', emailVerified: true }).query(count)).toBe(1);
  expect(await t.withIdentity({ subject: 'ann' }).query(count)).toBe(0);
});

test('SQL reads the rows that are seen: joined, counted, nested, in a WITH of its own', async () => {
  const { ann, eve } = await chat();
  const read = (as: typeof ann, sql: string, params: AnyValue[] = []) =>
    as.query(async ({ db }: AnyValue) => (await db.asUser().executeRows(sql, params)).rows);

  expect(await read(ann, 'SELECT text FROM messages ORDER BY rank')).toEqual([['bye'], ['hello again'], ['hello members'], ['hello all']]);
  expect(await read(eve, 'SELECT text FROM messages ORDER BY rank')).toEqual([['bye'], ['hello all']]);
  expect(await read(eve, 'SELECT count(*), sum("rank") FROM "Messages" m WHERE m.rank >= ?', [0])).toEqual([[2, 3]]);
  expect(
    await read(eve, 'WITH last AS (SELECT max(rank) AS most FROM messages) SELECT text FROM messages, last WHERE rank = most'),
  ).toEqual([['hello all']]);
  expect(
    await read(
      eve,
      'WITH RECURSIVE n(i) AS (SELECT ? UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT (SELECT count(*) FROM messages) + i FROM n',
      [1],
    ),
  ).toEqual([[3], [4], [5]]);
  expect(await read(eve, 'SELECT count(*) FROM secrets')).toEqual([[0]]);
  expect(await read(eve, 'SELECT a.text FROM messages a JOIN drafts d ON d.author = a.author')).toEqual([]);
});

test('SQL as a user sees what the mutation has written so far, and writes nothing itself', async () => {
  const { ann, ids } = await chat();
  const counted = await ann.mutation(async ({ db }: AnyValue) => {
    const users = db.asUser();
    await users.insert('messages', { room: ids.closed, author: 'ann', text: 'new', rank: 9 });
    return (await users.execute('SELECT count(*) AS n FROM messages'))[0].n;
  });
  expect(counted).toBe(5);

  const write = (sql: string) => ann.mutation(async ({ db }: AnyValue) => await db.asUser().execute(sql));
  for (const sql of [
    "DELETE FROM messages WHERE author = 'ann'",
    "UPDATE messages SET text = 'x'",
    "INSERT INTO secrets (_id, text) VALUES ('a', 'b')",
  ])
    await expect(write(sql)).rejects.toMatchObject({ code: 'query/bad-sql' });
});

test('no statement leads past the rows that are seen', async () => {
  const { eve } = await chat();
  const ask = (sql: string, params: AnyValue[] = []) => eve.query(async ({ db }: AnyValue) => await db.asUser().execute(sql, params));

  for (const name of [
    'main.messages',
    '"main".messages',
    '[main].messages',
    '`MAIN`.messages',
    "'main'.messages",
    'main /* */ . messages',
    'temp.messages',
  ])
    await expect(ask(`SELECT * FROM ${name}`)).rejects.toMatchObject({ code: 'policy/unsupported' });
  for (const sql of [
    'SELECT * FROM sqlite_schema',
    'SELECT * FROM _bb_meta',
    'SELECT 1; SELECT * FROM messages',
    'SELECT * FROM messages WHERE rank = ?1',
    'WITH messages AS (SELECT * FROM messages) SELECT * FROM messages',
  ])
    await expect(ask(sql, [1])).rejects.toMatchObject({ code: 'query/bad-sql' });
  expect(await ask('SELECT 1 AS one) SELECT * FROM (SELECT 1').catch(({ code }) => code)).toBe('query/bad-sql');
});

test('analysis and the tables of the system go by no policy, and are refused', async () => {
  const { ann } = await chat();
  const refused = { code: 'policy/unsupported' };
  const read = (work: (db: AnyValue) => AnyValue) => ann.query(async ({ db }: AnyValue) => await work(db.asUser()));

  await expect(read((db) => db.analyze(() => null))).rejects.toMatchObject(refused);
  await expect(read((db) => db.system)).rejects.toMatchObject(refused);
});

test('a clash with a row that is not seen, and a reference from one, do not say which row it is', async () => {
  const { t, ann } = await chat();
  const { taken, mine } = await t.run(async ({ db }: AnyValue) => {
    const own = await db.insert('drafts', { text: 'mine', author: 'ann' });
    await db.insert('notes', { of: own });
    return { taken: await db.insert('handles', { handle: 'k', author: 'bob' }), mine: own };
  });
  const caught = async (work: (db: AnyValue) => Promise<AnyValue>): Promise<AnyValue> =>
    await ann.mutation(async ({ db }: AnyValue) => await work(db.asUser())).catch((error) => error);

  const clash = await caught((db) => db.insert('handles', { handle: 'k', author: 'ann' }));
  expect([clash.code, clash.details.index, 'ids' in clash.details, JSON.stringify(clash).includes(taken)]).toEqual([
    'document/not-unique',
    'by_handle',
    false,
    false,
  ]);
  const referenced = await caught((db) => db.delete(mine));
  expect([referenced.code, referenced.details, referenced.message.includes('notes')]).toEqual(['document/referenced', undefined, false]);
});

test('a policy for what the schema does not have is refused, its place marked', async () => {
  const refused = (table: string, rules: PolicyRules) => withPolicy(table, rules).query(async () => 1);

  await expect(refused('drafts', { select: `auth.uid() =\n  ownr` })).rejects.toMatchObject({
    code: 'policy/invalid',
    message: expect.stringContaining('`select` of `drafts`, line 2, column 3: `drafts` has no column `ownr`.\n\n    ownr\n    ^^^^'),
  });
  await expect(refused('nowhere', { select: 'true' })).rejects.toMatchObject({ message: expect.stringContaining('no table `nowhere`') });
  await expect(refused('drafts', { select: 'exists (select 1 from nobody)' })).rejects.toMatchObject({
    message: expect.stringContaining('the schema has no table `nobody`'),
  });
  await expect(refused('drafts', { select: 'id = auth.uid()' })).rejects.toMatchObject({ hint: 'The id of a document is its `_id`.' });
  await expect(refused('drafts', { select: 'exists (select 1 from members m where n.room = 1)' })).rejects.toMatchObject({
    message: expect.stringContaining('there is no table `n` here'),
  });
});

test('a policy that is no policy file is refused, as it would not count', async () => {
  const t = start({}, { './policies/drafts.ts': { own: definePolicy('drafts', { select: true }), list: query(() => 1) } });

  await expect(t.query(async () => 1)).rejects.toMatchObject({ code: 'policy/invalid', hint: expect.stringContaining('.policy.ts') });
});
