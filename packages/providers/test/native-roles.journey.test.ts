/** Roles of a real PostgreSQL that write to a project's tables themselves, held to its policies by the database alone. */
import { DatabaseSync } from 'node:sqlite';
import { type AnyValue, defineSchema, definePolicy, defineTable, mutation, query, schemaManifest, v } from '@betterbase/core';
import { decodeDocumentId } from '@betterbase/engine';
import { parsePolicy } from '@betterbase/engine/policy-language';
import { installStatements, nativePolicies, type NativeRole } from '@betterbase/engine/policy-sql';
import { PostgresSql } from '@betterbase/providers/postgres';
import { storeElsewhere } from '@betterbase/testing/elsewhere';
import { findPostgres, type PostgresServer, startPostgres } from '@betterbase/testing/stand-ins';
import { TestEngine, valueOf } from '@betterbase/testing/world';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';

const folder = findPostgres();
const password = 'of all roles';
const schema = defineSchema({
  members: defineTable({ room: v.string(), person: v.string() }).index('by_room_and_person', ['room', 'person']),
  messages: defineTable({ room: v.string(), author: v.string(), text: v.string(), rank: v.optional(v.number()) })
    .index('by_room', ['room'])
    .index('by_rank', ['rank'])
    .searchIndex('texts', { searchField: 'text' }),
  secrets: defineTable({ text: v.string() }),
});
const isMember = 'exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())';
const policies = [
  parsePolicy(
    definePolicy('messages', {
      select: `${isMember} and author <> 'nobody'`,
      insert: `author = auth.uid() and ${isMember}`,
      update: 'author = auth.uid()',
      delete: `author = auth.uid() or auth.role() = 'moderator'`,
    }),
    'messages.policy.ts',
  ),
  parsePolicy(definePolicy('members', { select: 'person = auth.uid()' }), 'members.policy.ts'),
];
const modules = {
  chat: {
    texts: query({
      args: { room: v.string() },
      handler: async ({ db }: AnyValue, { room }) =>
        (
          await db
            .query('messages')
            .withIndex('by_room', (q: AnyValue) => q.eq('room', room))
            .collect()
        ).map(({ text }: AnyValue) => text),
    }),
    join: mutation({
      args: { room: v.string(), person: v.string() },
      handler: async ({ db }, fields) => await db.insert('members', fields),
    }),
    say: mutation({
      args: { room: v.string(), author: v.string(), text: v.string() },
      handler: async ({ db }, fields) => await db.insert('messages', fields),
    }),
    hide: mutation({ args: { text: v.string() }, handler: async ({ db }, fields) => await db.insert('secrets', fields) }),
  },
};
const app = { schema, modules, policies };

/** The code that Postgres refuses a statement with; null: it does not. */
async function refusalOf(client: pg.Client, statement: string): Promise<unknown> {
  return await client.query(statement).then(
    () => null,
    (refused: unknown) => (refused instanceof pg.DatabaseError ? refused.code : refused),
  );
}

describe.skipIf(folder === null)('roles that are held to policies', () => {
  let server: PostgresServer;
  let engine: TestEngine;
  let databases = 0;
  let database = '';

  const connect = async (user: string, secret = password): Promise<pg.Client> => {
    const client = new pg.Client({ host: '127.0.0.1', port: server.port, user, password: secret, database });
    client.on('error', () => {});
    await client.connect();
    onTestFinished(() => client.end());
    return client;
  };
  const asAdmin = async (...statements: readonly string[]): Promise<void> => {
    const { port, user, password: secret } = server;
    const client = new pg.Client({ host: '127.0.0.1', port, user, password: secret, database: 'postgres' });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  };
  const install = async (...roles: readonly NativeRole[]): Promise<void> => {
    const owner = await connect('owner');
    await owner.query('BEGIN');
    for (const statement of installStatements(nativePolicies(policies, schemaManifest(schema)), roles)) await owner.query(statement);
    await owner.query('COMMIT');
  };
  const openEngine = async (): Promise<TestEngine> => {
    const connectionString = `postgres://owner:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}`;
    const store = storeElsewhere(new PostgresSql({ connectionString, isEncrypted: false }), new DatabaseSync(':memory:'));
    return await TestEngine.start({ app, store });
  };
  const watch = async (room: string): Promise<void> =>
    void (await engine.turn([{ do: 'query', query: 1, call: engine.call('chat:texts', { room }), pinned: true }]));
  /** What the watched query says anew, or nothing. */
  const look = async (): Promise<unknown[]> => (await engine.turn([{ do: 'look' }])).refreshed.map(({ outcome }) => valueOf(outcome));

  beforeAll(async () => {
    server = await startPostgres(folder ?? '');
    const roles = ['owner', 'app_user', 'ada_db', 'eve_db', 'stranger'];
    await asAdmin(...roles.map((name) => `CREATE ROLE ${name} LOGIN PASSWORD '${password}'`), 'CREATE ROLE keeper LOGIN BYPASSRLS');
  });
  afterAll(async () => await server.stop());

  beforeEach(async () => {
    database = `app_${++databases}`;
    await asAdmin(`CREATE DATABASE ${database} OWNER owner`);
    engine = await openEngine();
    for (const [room, person] of [
      ['one', 'ada'],
      ['one', 'bob'],
      ['two', 'bob'],
    ])
      await engine.mutation('chat:join', { room, person });
    await engine.mutation('chat:say', { room: 'one', author: 'bob', text: 'of bob' });
    await engine.mutation('chat:say', { room: 'two', author: 'bob', text: 'elsewhere' });
    await engine.mutation('chat:hide', { text: 'secret' });
  });

  test('a person’s own role writes by plain SQL what the policies say, as documents that whoever watches is told of', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const ada = await connect('ada_db');
    await watch('one');

    const { rows } = await ada.query(`INSERT INTO messages (room, author, text, rank) VALUES ('one', 'ada', 'hi', 2) RETURNING text`);
    expect(rows).toEqual([{ text: 'hi' }]);
    expect(await look()).toEqual([['of bob', 'hi']]);
    await ada.query(`UPDATE messages SET text = text || '!', rank = 1 WHERE author = 'ada'`);
    expect(await look()).toEqual([['of bob', 'hi!']]);
    const { rows: found } = await ada.query('SELECT _id, author, rank, "_creationTime" AS at FROM messages ORDER BY _seq');
    expect(found).toMatchObject([
      { author: 'bob', rank: null },
      { author: 'ada', rank: 1 },
    ]);
    expect(decodeDocumentId(String(found[1]?._id))).not.toBeNull();
    expect(Math.abs(Number(found[1]?.at) - Date.now())).toBeLessThan(60_000);
    expect((await ada.query(`DELETE FROM messages`)).rowCount).toBe(1);
    expect(await look()).toEqual([['of bob']]);
  });

  test.each([
    ['another’s row in', `INSERT INTO messages (room, author, text) VALUES ('one', 'bob', 'x')`],
    ['into a room that is not theirs', `INSERT INTO messages (room, author, text) VALUES ('two', 'ada', 'x')`],
    ['their own row over to another', `UPDATE messages SET author = 'bob' WHERE author = 'ada'`],
    ['their own row out of their sight', `UPDATE messages SET room = 'two'`],
    ['a table without a policy', `INSERT INTO secrets (text) VALUES ('x')`],
    ['an id of their own', `INSERT INTO messages (_id, room, author, text) VALUES ('mine', 'one', 'ada', 'x')`],
    ['another place', `UPDATE messages SET _seq = 1`],
    ['what the store keeps beside', `UPDATE messages SET _extra = '{}'`],
    ['all rows at once', 'TRUNCATE messages'],
  ])('nobody writes %s', async (_, statement) => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const ada = await connect('ada_db');
    await ada.query(`INSERT INTO messages (room, author, text) VALUES ('one', 'ada', 'hi')`);

    await expect(ada.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  test('what is not seen is neither changed nor deleted, also by a statement that reads nothing', async () => {
    await engine.mutation('chat:say', { room: 'two', author: 'ada', text: 'left behind' });
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const ada = await connect('ada_db');

    expect((await ada.query(`UPDATE messages SET text = 'x'`)).rowCount).toBe(0);
    expect((await ada.query('DELETE FROM messages')).rowCount).toBe(0);
    expect((await ada.query('SELECT text FROM messages')).rows).toEqual([{ text: 'of bob' }]);
    expect((await ada.query('SELECT text FROM secrets')).rows).toEqual([]);
  });

  test('a bound role is who it is bound to, whatever its session says; another is who its transaction says', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } }, { name: 'app_user' });
    const [ada, server] = [await connect('ada_db'), await connect('app_user')];
    const texts = `SELECT text FROM messages ORDER BY _seq`;
    const claims = async (client: pg.Client, sub: string): Promise<void> =>
      void (await client.query(`SELECT set_config('request.jwt.claims', $1, false)`, [JSON.stringify({ sub })]));

    await claims(ada, 'bob');
    expect((await ada.query(texts)).rows).toEqual([{ text: 'of bob' }]);
    expect((await server.query(texts)).rows).toEqual([]);
    await claims(server, 'bob');
    expect((await server.query(texts)).rows).toEqual([{ text: 'of bob' }, { text: 'elsewhere' }]);

    await install({ name: 'ada_db' });
    expect((await ada.query(texts)).rows).toEqual([{ text: 'of bob' }]);
    await install({ name: 'ada_db', claims: null });
    expect((await ada.query(texts)).rows).toEqual([{ text: 'of bob' }, { text: 'elsewhere' }]);
  });

  test('what is the store’s own is out of reach', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const ada = await connect('ada_db');
    const { rows } = await ada.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND starts_with(relname, '_')`,
    );
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['_bb_meta', '_bb_changes', '_bb_refused', '_bb_outcomes']));
    const attempts = rows.flatMap(({ name }) => [`SELECT * FROM "${name}"`, `DELETE FROM "${name}"`, `TRUNCATE "${name}"`]);
    for (const statement of [
      ...attempts,
      'UPDATE _bb_meta SET ours = 1',
      `INSERT INTO _bb_changes (version, table_number, place) VALUES (1, 1, 1)`,
      `SELECT setval('_bb_new_rows', 1)`,
      'SELECT * FROM betterbase.roles',
      `INSERT INTO betterbase.roles VALUES ('ada_db', '{"sub": "bob"}')`,
      'SELECT "_bb_out.2"()',
    ])
      expect([statement, await refusalOf(ada, statement)]).toEqual([statement, expect.stringMatching(/^(?:42501|0A000)$/)]);
  });

  test('nobody turns it off', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const ada = await connect('ada_db');
    for (const statement of [
      'ALTER TABLE messages DISABLE ROW LEVEL SECURITY',
      'ALTER TABLE messages DISABLE TRIGGER ALL',
      'DROP POLICY messages_select_policy ON messages',
      'CREATE POLICY mine ON messages USING (true)',
      'CREATE TRIGGER mine BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
      'ALTER FUNCTION betterbase.bound_claims() SECURITY INVOKER',
      `CREATE OR REPLACE FUNCTION betterbase.uid() RETURNS text LANGUAGE sql AS $$ SELECT 'bob' $$`,
      'CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      'SET session_replication_role = replica',
      'SET ROLE owner',
      'SET SESSION AUTHORIZATION owner',
      'ALTER ROLE ada_db BYPASSRLS',
    ])
      expect([statement, await refusalOf(ada, statement)]).toEqual([statement, '42501']);
    await ada.query('SET row_security = off');
    await expect(ada.query('SELECT * FROM messages')).rejects.toMatchObject({ code: '42501' });
  });

  test('what a session sets up for itself does not lead the functions that act for the owner', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } }, { name: 'app_user' });
    const stolen = `CREATE TABLE IF NOT EXISTS pg_temp.stolen (who text);
      CREATE FUNCTION pg_temp.steal() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO pg_temp.stolen SELECT current_user; RETURN true; END $$;
      GRANT ALL ON pg_temp.stolen TO PUBLIC;`;
    const domains = ['text', 'jsonb', 'bytea', 'name', 'regrole', 'oid']
      .map((name) => `CREATE DOMAIN pg_temp."${name}" AS pg_catalog."${name}" CHECK (pg_temp.steal());`)
      .join('\n');
    for (const name of ['ada_db', 'app_user']) {
      const client = await connect(name);
      await client.query(`${stolen} ${domains}
        CREATE TABLE pg_temp._bb_meta (ours int, version bigint); INSERT INTO pg_temp._bb_meta VALUES (1, 0);
        CREATE TABLE pg_temp.members (room pg_catalog.text, person pg_catalog.text);
        INSERT INTO pg_temp.members VALUES ('two', 'ada');
        SET search_path = pg_temp, public;
        SET request.jwt.claims = '{"sub": "ada"}';`);
      await watch('one');
      expect((await client.query('SELECT count(*)::int AS n FROM public.messages')).rows).toEqual([{ n: 1 }]);
      await client.query(`INSERT INTO public.messages (room, author, text) VALUES ('one', 'ada', 'hi')`);
      await client.query(`UPDATE public.messages SET text = 'hi!' WHERE author = 'ada'`);
      expect(await look()).toEqual([['of bob', 'hi!']]);
      await client.query(`DELETE FROM public.messages WHERE author = 'ada'`);
      const { rows } = await client.query('SELECT DISTINCT who FROM pg_temp.stolen');
      expect(rows.filter(({ who }) => who !== name)).toEqual([]);
    }
  });

  test('a table of somebody’s own does not write to the log by our triggers', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const ada = await connect('ada_db');
    await ada.query('CREATE TABLE pg_temp.messages (LIKE public.messages)');
    const trigger = `CREATE TRIGGER mine AFTER INSERT ON pg_temp.messages FOR EACH ROW EXECUTE FUNCTION public."_bb_out.2"()`;
    await expect(ada.query(trigger)).rejects.toMatchObject({ code: '42501' });

    // As vendors do by default.
    await (await connect('owner')).query('GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO ada_db');
    await ada.query(trigger);
    await expect(
      ada.query(`INSERT INTO pg_temp.messages (_seq, _id, room, author, text, "_updatedTime") VALUES (1, 'x', '', '', '', 0)`),
    ).rejects.toMatchObject({ code: '42501' });
  });

  test('rights that a vendor gives by default are taken from the roles that are named', async () => {
    const owner = await connect('owner');
    await owner.query(`GRANT ALL ON ALL TABLES IN SCHEMA public TO ada_db, PUBLIC; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO ada_db, PUBLIC;
      GRANT ALL ON ALL FUNCTIONS IN SCHEMA public TO ada_db, PUBLIC`);
    await install({ name: 'ada_db', claims: { sub: 'ada' } });

    const ada = await connect('ada_db');
    for (const statement of [
      'TRUNCATE messages',
      'UPDATE messages SET _extra = NULL',
      'SELECT * FROM _bb_meta',
      `SELECT setval('_bb_new_rows', 1)`,
    ])
      expect([statement, await refusalOf(ada, statement)]).toEqual([statement, '42501']);
  });

  test('a deployment afterwards leaves its tables closed until policies are installed again, for the same roles', async () => {
    await install({ name: 'ada_db', claims: { sub: 'ada' } });
    const owner = await connect('owner');
    await owner.query('ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO ada_db');
    const more = defineSchema({
      messages: defineTable({
        room: v.string(),
        author: v.string(),
        text: v.string(),
        rank: v.optional(v.number()),
        likes: v.optional(v.number()),
      }).index('by_likes', ['likes']),
      members: defineTable({ room: v.string(), person: v.string() }),
      secrets: defineTable({ text: v.string() }),
      extras: defineTable({ text: v.string() }),
    });
    const connectionString = `postgres://owner:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}`;
    const store = storeElsewhere(new PostgresSql({ connectionString, isEncrypted: false }));
    await TestEngine.start({ app: { schema: more, modules: {} }, store, deployment: 'd2' });
    await owner.query(`INSERT INTO extras (text) VALUES ('x')`);

    const ada = await connect('ada_db');
    for (const name of ['extras', '_bb_meta'])
      expect((await ada.query(`SELECT * FROM ${name}`).catch(() => ({ rows: [] }))).rows).toEqual([]);
    await owner.query('BEGIN');
    for (const statement of installStatements(nativePolicies(policies, schemaManifest(more)), [])) await owner.query(statement);
    await owner.query('COMMIT');
    await ada.query(`INSERT INTO messages (room, author, text, likes) VALUES ('one', 'ada', 'hi', 1)`);
    await expect(ada.query('TRUNCATE extras')).rejects.toMatchObject({ code: '42501' });
  });

  test('where Neon’s extension is, the claims are those that it has verified, and not what the session says', async () => {
    // In its place: what it has of functions, and its name in the catalogue.
    const admin = new pg.Client({ host: '127.0.0.1', port: server.port, user: server.user, password: server.password, database });
    await admin.connect();
    onTestFinished(() => admin.end());
    await admin.query(`SET allow_system_table_mods = on; CREATE SCHEMA auth; GRANT USAGE ON SCHEMA auth TO PUBLIC;
      CREATE FUNCTION auth.session() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT coalesce(current_setting('stand_in.verified', true)::jsonb, 'null') $$;
      INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
        VALUES (99999, 'pg_session_jwt', 10, 'auth'::regnamespace, false, '0.5.0')`);
    await install({ name: 'app_user' });
    const client = await connect('app_user');

    await client.query(`SET request.jwt.claims = '{"sub": "ada"}'`);
    expect((await client.query('SELECT betterbase.uid() AS uid, count(*)::int AS n FROM messages')).rows).toEqual([{ uid: null, n: 0 }]);
    await client.query(`SET stand_in.verified = '{"sub": "ada", "role": "authenticated"}'`);
    expect((await client.query('SELECT betterbase.uid() AS uid, count(*)::int AS n FROM messages')).rows).toEqual([{ uid: 'ada', n: 1 }]);
  });

  test.each(['keeper', 'owner', 'no_such_role'])('%s cannot be a role that is held to policies', async (name) => {
    await expect(install({ name })).rejects.toMatchObject({ code: expect.stringMatching(/^(?:P0001|42704)$/) });
  });
});
