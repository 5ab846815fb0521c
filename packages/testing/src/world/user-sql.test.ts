/** SQL as a user, written by somebody who wants to see more than the policies show. */
import { type AnyValue, defineSchema, definePolicy, defineTable, mutation, query, v } from '@betterbase/core';
import { parsePolicy } from '@betterbase/engine/policy-language';
import { describe, expect, test } from 'vitest';
import { storeElsewhere } from '../elsewhere/index.ts';
import { mutationOutcome, TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({
  members: defineTable({ room: v.string(), person: v.string() }).index('by_room_and_person', ['room', 'person']),
  messages: defineTable({ room: v.string(), author: v.string(), text: v.string(), rank: v.number() })
    .index('by_author', ['author'])
    .searchIndex('texts', { searchField: 'text' }),
  secrets: defineTable({ text: v.string() }).uniqueIndex('by_text', ['text']),
  open: defineTable({ text: v.string() }),
  listed: defineTable({ tags: v.array(v.string()), text: v.string() }),
});
const isMember = 'exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())';
const policies = [
  parsePolicy(definePolicy('messages', { select: `${isMember} or author = auth.uid()` }), 'messages.policy.ts'),
  parsePolicy(definePolicy('members', { select: `person = auth.uid() and auth.role() <> 'shy'` }), 'members.policy.ts'),
  parsePolicy(definePolicy('open', { select: true }), 'open.policy.ts'),
  // No database decides how two fields of this kind compare.
  parsePolicy(definePolicy('listed', { select: `text like '%' and (tags ->> 0) = text` }), 'listed.policy.ts'),
];
const modules = {
  all: {
    sql: query({
      args: { sql: v.string(), params: v.array(v.any()) },
      handler: async ({ db }: AnyValue, { sql, params }) => (await db.asUser().executeRows(sql, params)).rows,
    }),
    write: mutation({ args: { sql: v.string() }, handler: async ({ db }: AnyValue, { sql }) => await db.asUser().execute(sql) }),
    insert: mutation({
      args: { table: v.string(), row: v.any() },
      handler: async ({ db }: AnyValue, { table, row }) => await db.insert(table, row),
    }),
    patch: mutation({
      args: { id: v.string(), row: v.any() },
      handler: async ({ db }: AnyValue, { id, row }) => void (await db.patch(id, row)),
    }),
    both: mutation({
      args: {},
      handler: async ({ db }: AnyValue) => {
        await db.insert('members', { room: 'closed', person: 'eve' });
        await db.insert('messages', { room: 'closed', author: 'bob', text: 'just now', rank: 9 });
        return (await db.asUser().executeRows('SELECT text FROM messages ORDER BY rank')).rows.flat();
      },
    }),
  },
};

describe.each([
  ['in the project', () => testStore()],
  ['elsewhere', () => storeElsewhere()],
])('SQL as a user, documents %s', (_, open) => {
  async function start() {
    const engine = await TestEngine.start({ app: { schema, modules, policies }, store: open() });
    let queries = 0;
    const insert = async (table: string, row: object): Promise<AnyValue> =>
      valueOf(await engine.mutation('all:insert', { table, row: row as AnyValue }));
    await insert('members', { room: 'shared', person: 'eve' });
    await insert('members', { room: 'closed', person: 'bob' });
    await insert('messages', { room: 'shared', author: 'bob', text: 'seen', rank: 1 });
    await insert('messages', { room: 'closed', author: 'eve', text: 'own', rank: 2 });
    const hidden = await insert('messages', { room: 'closed', author: 'bob', text: 'HIDDEN', rank: 3 });
    await insert('secrets', { text: 'HIDDEN' });
    await insert('open', { text: 'open' });
    await insert('listed', { tags: ['a'], text: 'a' });
    await insert('listed', { tags: ['b'], text: 'HIDDEN' });
    const identityOf = (subject: string | null, claims: object = {}) =>
      subject === null ? null : { ...claims, subject, issuer: 'test', tokenIdentifier: `test|${subject}` };
    const ask = async (
      sql: string,
      params: readonly AnyValue[] = [],
      subject: string | null = 'eve',
      claims: object = {},
    ): Promise<AnyValue> => {
      const call = { ...engine.call('all:sql', { sql, params: [...params] }), identity: identityOf(subject, claims) };
      const { results } = await engine.turn([{ do: 'query', query: ++queries, call, pinned: false }]);
      const [first] = results;
      if (first?.do !== 'query') throw new Error('It is a query.');
      const { outcome } = first.answer;
      return outcome.ok ? valueOf(outcome) : outcome.error.code;
    };
    return { engine, insert, hidden, ask, identityOf, asked: () => queries };
  }

  test('reads what is seen: joined, counted, nested, in IN, in WITH, with comments and in any quotes', async () => {
    const { ask } = await start();
    for (const [sql, rows] of [
      ['SELECT text FROM messages ORDER BY rank', [['seen'], ['own']]],
      ['select TEXT from MESSAGES order by rank', [['seen'], ['own']]],
      ['SELECT count(*) FROM "messages"', [[2]]],
      ['SELECT count(*) FROM [Messages] AS m, `members` AS n', [[2]]],
      ["SELECT count(*) FROM 'messages'", [[2]]],
      ['SELECT text FROM/**/messages-- main.messages\n ORDER BY rank', [['seen'], ['own']]],
      ['/* first */ WITH recursive n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2) SELECT count(*) FROM n, messages', [[4]]],
      ['WITH last AS (SELECT max(rank) AS most FROM messages) SELECT text FROM messages, last WHERE rank = most', [['own']]],
      ['SELECT (SELECT count(*) FROM messages WHERE rank > 2)', [[0]]],
      ['SELECT a.text FROM messages a JOIN messages b ON a.rank < b.rank', [['seen']]],
      ['SELECT 1 WHERE EXISTS (SELECT 1 FROM secrets)', []],
      ['SELECT text FROM secrets UNION ALL SELECT text FROM open', [['open']]],
      ['SELECT count(*) FROM messages WHERE _seq IN (SELECT _seq FROM messages)', [[2]]],
      ['SELECT text FROM messages LEFT JOIN secrets USING (text) ORDER BY rank', [['seen'], ['own']]],
      ['SELECT text FROM listed', [['a']]],
      ['SELECT value FROM open, json_each(\'["x"]\')', [['x']]],
      ['SELECT inner.text FROM (WITH secrets AS (SELECT 1 AS text) SELECT text FROM secrets) AS inner', [[1]]],
    ] as const)
      expect([sql, await ask(sql)]).toEqual([sql, rows]);
  });

  test('a text is a text, whatever it says, and a column may be called anything', async () => {
    const { ask } = await start();
    for (const [sql, rows] of [
      [`SELECT 'main', 'temp.x', 'main.messages' FROM open`, [['main', 'temp.x', 'main.messages']]],
      [`SELECT text AS main FROM open WHERE text <> 'the main thing'`, [['open']]],
      ['SELECT count(*) FROM open WHERE text = ?', [[0]]],
    ] as const)
      expect([sql, await ask(sql, sql.includes('?') ? ['main'] : [])]).toEqual([sql, rows]);
  });

  test.each([
    ['main.messages'],
    ['main.secrets'],
    ['"main".messages'],
    ['[main].messages'],
    ['`MAIN`.messages'],
    ["'main'.messages"],
    ['"mAiN" . "secrets"'],
    ['main/* */./**/secrets'],
    ['main\n.\tsecrets'],
    ['main--\n.secrets'],
    ['temp.messages'],
    ['messages, main.secrets AS s'],
    ['messages WHERE rank IN main.secrets'],
    ['open WHERE EXISTS (SELECT 1 FROM main.secrets)'],
    ['(main.messages)'],
    ['main.messages AS open'],
    ['main.pragma_table_list'],
    ['sqlite_schema'],
    ['sqlite_master'],
    ['"sqlite_schema"'],
    ["'sqlite_master'"],
    ['[sqlite_temp_master]'],
    ["pragma_table_info('secrets')"],
    ['PRAGMA_table_list'],
    ['"pragma_table_list"'],
    ['dbstat'],
    ['sqlite_dbpage'],
    ["bytecode('SELECT 1')"],
    ["tables_used('SELECT 1')"],
    ['_bb_meta'],
    ['"_bb_meta"'],
    ['_bb_outcomes'],
    ['"_bb_search.messages.texts"'],
    ['fts5vocab'],
    ['"secrets.by_text"'],
    ['messages INDEXED BY "messages.by_author"'],
    ['secrets NOT INDEXED'],
    ['messages()'],
    ['messages(1)'],
  ])('SELECT … FROM %s gives nothing that is hidden', async (from) => {
    const { ask } = await start();
    const found = await ask(`SELECT * FROM ${from}`);
    if (typeof found === 'string') expect(['query/bad-sql', 'policy/unsupported']).toContain(found);
    else expect(JSON.stringify(found)).not.toContain('HIDDEN');
  });

  test.each([
    ['SELECT 1; SELECT * FROM main.secrets'],
    ['SELECT 1 AS one) SELECT * FROM (SELECT * FROM secrets'],
    ['SELECT 1) , x AS (SELECT * FROM main.secrets) SELECT * FROM x --'],
    ['WITH messages AS (SELECT * FROM messages) SELECT * FROM messages'],
    ['WITH x AS (SELECT * FROM main.secrets) SELECT * FROM x'],
    ['WITH secrets AS (SELECT * FROM secrets) SELECT * FROM secrets'],
    ['SELECT * FROM (WITH messages AS (SELECT * FROM messages) SELECT * FROM messages)'],
    ['WITH RECURSIVE secrets AS (SELECT * FROM secrets UNION SELECT * FROM secrets) SELECT * FROM secrets'],
    ['SELECT * FROM open WHERE text IN secrets'],
    ["SELECT * FROM open WHERE 1 IN (SELECT rank FROM messages WHERE text = 'HIDDEN')"],
    ['SELECT text FROM messages WHERE rank = ?1'],
    ['SELECT text FROM messages WHERE rank = :a'],
    ['SELECT text FROM messages WHERE rank = @a'],
    ['SELECT text FROM messages WHERE rank = $a'],
    ['PRAGMA table_info(secrets)'],
    ['EXPLAIN SELECT * FROM secrets'],
    ['EXPLAIN QUERY PLAN SELECT * FROM secrets'],
    ["ATTACH ':memory:' AS other"],
    ['CREATE VIEW all_secrets AS SELECT * FROM secrets'],
    ['CREATE TEMP TABLE messages AS SELECT * FROM secrets'],
    ['VACUUM'],
    ['VALUES ((SELECT text FROM main.secrets))'],
    ['SELECT text FROM messages ORDER BY (SELECT text FROM main.secrets)'],
    ['SELECT text FROM messages LIMIT (SELECT count(*) FROM main.secrets)'],
    ['SELECT count(*) OVER (ORDER BY (SELECT text FROM main.secrets)) FROM open'],
    ['SELECT * FROM open JOIN main.secrets USING (text)'],
    ['SELECT * FROM open NATURAL JOIN main.secrets'],
    ['SELECT * FROM "open" RIGHT JOIN main.secrets ON true'],
    ['\u00a0SELECT * FROM main\u00a0.secrets'],
    ['SELECT * FROM \u00a0secrets'],
    ['SELECT * FROM ｍain.secrets'],
    ['SELECT * FROM secreſts'],
    ['SELECT * FROM sec\u0000rets'],
    ['SELECT * FROM main.secrets\u0000'],
    ["SELECT 'a\u0000' FROM main.secrets"],
    ['SELECT 1.main.secrets'],
    ['SELECT * FROM messages AS main, secrets WHERE main.text IS NOT NULL'],
  ])('%j gives nothing that is hidden', async (sql) => {
    const { ask } = await start();
    const found = await ask(sql);
    if (typeof found === 'string') expect(['query/bad-sql', 'policy/unsupported']).toContain(found);
    else expect(JSON.stringify(found)).not.toContain('HIDDEN');
  });

  test('an error does not tell of a hidden row, whatever would raise it', async () => {
    const { ask } = await start();
    const overflow = 'abs(-9223372036854775807 - 1)';
    for (const raise of [
      `CASE WHEN messages.text = 'HIDDEN' THEN ${overflow} ELSE 1 END`,
      `iif(messages.text = 'HIDDEN', ${overflow}, 1)`,
      `CASE WHEN messages.text = 'HIDDEN' THEN json('{') ELSE 1 END`,
      `CASE WHEN messages.text = 'HIDDEN' THEN '{' -> '$' ELSE 1 END`,
      `CASE WHEN messages.text = 'HIDDEN' THEN 'a' LIKE 'a' ESCAPE 'ab' ELSE 1 END`,
      `CASE WHEN messages.text = 'HIDDEN' THEN zeroblob(3000000000) ELSE 1 END IS NOT NULL`,
      `(SELECT sum(9223372036854775807) FROM (VALUES (1), (2)) WHERE messages.text = 'HIDDEN') IS NULL`,
    ]) {
      const where = `SELECT count(*) FROM messages WHERE ${raise}`;
      expect([raise, await ask(where)]).toEqual([raise, [[2]]]);
      const join = `SELECT count(*) FROM open JOIN messages ON ${raise}`;
      expect([raise, await ask(join)]).toEqual([raise, [[2]]]);
    }
    expect(await ask(`SELECT count(*) FROM messages, json_each(iif(messages.text = 'HIDDEN', '{', '[1]'))`)).toEqual([[2]]);
  });

  test('sees as many rows as the policies say, for whoever asks', async () => {
    const { ask } = await start();
    const count = 'SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM members)';

    expect(await ask(count)).toEqual([[2, 1]]);
    expect(await ask(count, [], 'bob')).toEqual([[3, 1]]);
    expect(await ask(count, [], null)).toEqual([[0, 0]]);
    // A policy's subquery reads all rows of its table, whatever the caller sees of it.
    expect(await ask(count, [], 'eve', { role: 'shy' })).toEqual([[2, 0]]);
    expect(await ask("SELECT count(*) FROM messages WHERE author = ? AND text <> ''", ['bob'], "' OR 1=1 --")).toEqual([[0]]);
  });

  test('sees what its mutation has written, and writes nothing', async () => {
    const { engine, identityOf } = await start();
    const act = async (path: string, args: AnyValue): Promise<AnyValue> => {
      const call = { ...engine.call(path, args), identity: identityOf('eve') };
      const { results } = await engine.turn([{ do: 'mutation', request: { session: null, id: call.requestId }, call }]);
      const outcome = mutationOutcome(results[0]);
      return outcome.ok ? valueOf(outcome) : outcome.error.code;
    };

    expect(await act('all:both', {})).toEqual(['seen', 'own', 'HIDDEN', 'just now']);
    for (const sql of [
      'DELETE FROM messages',
      "UPDATE messages SET text = 'x'",
      "INSERT INTO secrets (_id, text) VALUES ('a', 'b')",
      'WITH x AS (SELECT 1) DELETE FROM messages',
      'REPLACE INTO secrets (text) VALUES (1)',
    ])
      expect([sql, await act('all:write', { sql })]).toEqual([sql, 'query/bad-sql']);
  });

  test('runs again when a hidden row comes to be seen, or a row that decides it changes, and for nothing else', async () => {
    const { engine, insert, hidden, ask, asked } = await start();
    const changes = async (path: string, args: AnyValue): Promise<boolean> => {
      const call = { ...engine.call(path, args), reach: 'any' } as const;
      const { stale } = await engine.turn([{ do: 'mutation', request: { session: null, id: call.requestId }, call }]);
      return stale.includes(asked());
    };
    const count = 'SELECT count(*) FROM messages';

    expect(await ask(count)).toEqual([[2]]);
    expect(await changes('all:insert', { table: 'members', row: { room: 'closed', person: 'eve' } })).toBe(true);
    expect(await ask(count)).toEqual([[3]]);
    expect(await changes('all:insert', { table: 'open', row: { text: 'x' } })).toBe(false);
    expect(await changes('all:insert', { table: 'members', row: { room: 'closed', person: 'ann' } })).toBe(false);
    expect(await changes('all:patch', { id: hidden, row: { text: 'changed' } })).toBe(true);
    const other = await insert('messages', { room: 'elsewhere', author: 'bob', text: 'HIDDEN', rank: 4 });
    expect(await ask(count)).toEqual([[3]]);
    expect(await changes('all:patch', { id: other, row: { room: 'shared' } })).toBe(true);
    expect(await ask(count)).toEqual([[4]]);
  });
});
