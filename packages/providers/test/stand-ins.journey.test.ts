/** The stand-ins, by the vendors' own clients: what our drivers do not use, but authors of apps may. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@libsql/client/web';
import { neon as neonHttp, neonConfig, Pool } from '@neondatabase/serverless';
import { type HranaServer, type NeonServer, type PostgresServer, startHrana, startNeon, startPglite } from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import WebSocket from 'ws';

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'betterbase-kept-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe('the stand-in for Turso', () => {
  let hrana: HranaServer;
  beforeAll(async () => {
    hrana = await startHrana({ authToken: 'token', streamTimeout: 200 });
  });
  afterAll(() => hrana.close());
  const open = () => createClient({ url: hrana.url, authToken: 'token' });

  it('keeps a transaction open between requests, until it is committed or rolled back', async () => {
    const client = open();
    await client.executeMultiple('CREATE TABLE a (n integer); CREATE TABLE b (n integer);');

    const kept = await client.transaction('write');
    await kept.execute('INSERT INTO a VALUES (1)');
    await kept.execute({ sql: 'INSERT INTO b VALUES ($n)', args: { n: 2 } });
    await kept.commit();
    const dropped = await client.transaction('write');
    await dropped.execute('DELETE FROM a');
    await dropped.rollback();

    const { rows } = await client.execute('SELECT a.n AS a, b.n AS b FROM a, b');
    expect(rows.map(({ a, b }) => [a, b])).toEqual([[1, 2]]);
  });

  it('keeps its database in a file that is named, and comes back at the same port', async () => {
    const file = join(await newFolder(), 'kept.db');
    const first = await startHrana({ file });
    await createClient({ url: first.url }).executeMultiple('CREATE TABLE kept (n integer); INSERT INTO kept VALUES (1);');
    await first.close();

    const second = await startHrana({ file, port: first.port });

    expect(second.url).toBe(first.url);
    expect((await createClient({ url: second.url }).execute('SELECT n FROM kept')).rows).toHaveLength(1);
    await second.close();
  });

  it('takes back what a client has left lying', async () => {
    const client = open();
    await client.execute('CREATE TABLE left_lying (n integer)');
    const forgotten = await client.transaction('write');
    await forgotten.execute('INSERT INTO left_lying VALUES (1)');

    await expect(client.execute('INSERT INTO left_lying VALUES (2)')).rejects.toMatchObject({ code: 'SQLITE_BUSY' });
    await expect
      .poll(() =>
        client.execute('INSERT INTO left_lying VALUES (3)').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await expect(forgotten.commit()).rejects.toThrow('expired');
    expect((await client.execute('SELECT n FROM left_lying')).rows.map(({ n }) => n)).toEqual([3]);
  });

  it('finds by vectors and by words', async () => {
    const client = open();
    await client.batch(
      [
        'CREATE TABLE films (name text, place F32_BLOB(2))',
        'CREATE INDEX films_by_place ON films (libsql_vector_idx(place))',
        "INSERT INTO films VALUES ('far', vector32('[0, 1]')), ('near', vector32('[1, 0.1]'))",
        'CREATE VIRTUAL TABLE words USING fts5(body)',
        "INSERT INTO words VALUES ('a cat'), ('a dog')",
      ],
      'write',
    );

    const nearest = await client.execute(
      "SELECT name FROM vector_top_k('films_by_place', vector32('[1, 0]'), 1) AS t JOIN films ON films.rowid = t.id",
    );
    expect(nearest.rows.map(({ name }) => name)).toEqual(['near']);
    expect((await client.execute("SELECT body FROM words WHERE words MATCH 'dog'")).rows).toHaveLength(1);
  });
});

/** The client of a server other than the one that `neonConfig` names. */
function neonAt({ connectionString, port }: NeonServer, shown = connectionString) {
  const usual = neonConfig.fetchEndpoint;
  const sql = neonHttp(shown);
  return async (...query: Parameters<typeof sql>) => {
    neonConfig.fetchEndpoint = `http://127.0.0.1:${port}/sql`;
    try {
      return await sql(...query);
    } finally {
      neonConfig.fetchEndpoint = usual;
    }
  };
}

describe('the stand-in for Neon', () => {
  let postgres: PostgresServer;
  let neon: NeonServer;
  beforeAll(async () => {
    postgres = await startPglite();
    neon = await startNeon(postgres);
    Object.assign(neonConfig, {
      fetchEndpoint: `http://127.0.0.1:${neon.port}/sql`,
      wsProxy: () => neon.webSocketAddress,
      webSocketConstructor: WebSocket,
      useSecureWebSocket: false,
      pipelineConnect: false,
    });
  });
  afterAll(async () => {
    await neon.close();
    await postgres.stop();
  });

  it('keeps its data in a folder that is named, and asks for the password it was given', async () => {
    const folder = await newFolder();
    const first = await startPglite({ folder });
    const before = await startNeon(first);
    await neonAt(before)`CREATE TABLE kept AS SELECT 1 AS n`;
    await before.close();
    await first.stop();

    const second = await startPglite({ folder, password: 'another' });
    const after = await startNeon(second);

    expect(await neonAt(after)`SELECT n FROM kept`).toEqual([{ n: 1 }]);
    await expect(neonAt(after, before.connectionString)`SELECT n FROM kept`).rejects.toThrow('password authentication failed');
    await after.close();
    await second.stop();
  });

  it('answers single queries in objects, with the types that Postgres has', async () => {
    const sql = neonHttp(neon.connectionString);

    expect(await sql`SELECT ${'x'}::text AS s, 1::int AS n, '{"a":[1]}'::jsonb AS j, true AS b, null AS z`).toEqual([
      { s: 'x', n: 1, j: { a: [1] }, b: true, z: null },
    ]);
  });

  it('says what Postgres says of an error', async () => {
    const sql = neonHttp(neon.connectionString);

    await expect(sql`SELECT * FROM nowhere`).rejects.toMatchObject({ code: '42P01', severity: 'ERROR', position: '15' });
  });

  it('carries transactions over WebSockets, and finds by vectors', async () => {
    const pool = new Pool({ connectionString: neon.connectionString });
    const client = await pool.connect();
    try {
      await client.query('CREATE EXTENSION IF NOT EXISTS vector');
      await client.query('CREATE TABLE films (name text, place vector(2))');
      await client.query('CREATE INDEX ON films USING hnsw (place vector_cosine_ops)');
      await client.query('BEGIN');
      await client.query("INSERT INTO films VALUES ('far', '[0,1]'), ('near', $1)", ['[1,0.1]']);
      await client.query('COMMIT');
      await client.query('BEGIN');
      await client.query('DELETE FROM films');
      await client.query('ROLLBACK');

      const { rows } = await client.query('SELECT name FROM films ORDER BY place <=> $1 LIMIT 1', ['[1,0]']);
      expect(rows).toEqual([{ name: 'near' }]);
    } finally {
      client.release();
      await pool.end();
    }
  });
});
