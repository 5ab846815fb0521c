import type { RemoteFailure, RemoteSql, RemoteStatement, SqlValue } from '@betterbase/providers';
import { describe, expect, it } from 'vitest';
import { forEachSeed } from '../random/seeded.ts';

export interface RemoteSqlUnderTest {
  /** What makes a driver of an empty database, or of the one that others use under other names of tables. */
  readonly open: () => RemoteSql;
  /** What becomes of an integer that a number does not hold. */
  readonly wideIntegers: 'text' | 'rounded';
}

const dialects = {
  sqlite: { number: 'REAL', bytes: 'BLOB', integer: 'INTEGER' },
  postgres: { number: 'double precision', bytes: 'bytea', integer: 'bigint' },
} as const;

let tables = 0;
const freshTable = (): string => `t${++tables}`;

/** What a driver of a database elsewhere promises. */
export function remoteSqlContract(name: string, { open, wideIntegers }: RemoteSqlUnderTest): void {
  describe(`${name}, a database elsewhere,`, () => {
    it('carries out all statements in order and says what each gave', async () => {
      const sql = open();
      const table = freshTable();

      const results = await sql.batch(
        [
          statement(`CREATE TABLE ${table} (id text PRIMARY KEY, n ${dialects[sql.dialect].number})`),
          statement(`INSERT INTO ${table} (id, n) VALUES (?, ?), (?, ?)`, 'a', 1.5, 'b', null),
          statement(`SELECT id, n FROM ${table} ORDER BY id`),
          statement(`UPDATE ${table} SET n = ? WHERE id = ? RETURNING n`, 2, 'b'),
          statement(`DELETE FROM ${table}`),
          statement(`SELECT id FROM ${table}`),
        ],
        'write',
      );

      expect(results.map(({ rows }) => rows)).toEqual([
        [],
        [],
        [
          ['a', 1.5],
          ['b', null],
        ],
        [[2]],
        [],
        [],
      ]);
      expect(results.map(({ rowsWritten }) => rowsWritten).slice(1)).toEqual([2, 0, 1, 2, 0]);
      expect(results[2]?.columns).toEqual(['id', 'n']);
    });

    it('gives nothing for nothing', async () => {
      expect(await open().batch([], 'write')).toEqual([]);
      expect(await open().batch([], 'read')).toEqual([]);
    });

    it('takes back all of a batch of which one statement fails, and goes on', async () => {
      const { sql, table } = await withTable(open, 'id text PRIMARY KEY');
      const insert = (id: string): RemoteStatement => statement(`INSERT INTO ${table} (id) VALUES (?)`, id);

      const failure = await failureOf(sql.batch([insert('a'), statement('INSERT INTO nowhere (id) VALUES (1)'), insert('b')], 'write'));
      await sql.batch([insert('c')], 'write');

      expect(failure).toEqual({ kind: 'refused' });
      expect(await rowsOf(sql, `SELECT id FROM ${table}`)).toEqual([['c']]);
    });

    it('says in the words of the database what it refused', async () => {
      const sql = open();

      await expect(sql.batch([statement('SELECT * FROM nowhere')], 'read')).rejects.toMatchObject({
        failure: { kind: 'refused' },
        message: expect.stringContaining('nowhere'),
      });
      expect(await failureOf(sql.batch([statement('SELEKT 1')], 'write'))).toEqual({ kind: 'refused' });
    });

    it('calls a stale version a broken not-null constraint, and writes nothing', async () => {
      const { sql, table } = await withTable(open, `id text PRIMARY KEY, version ${dialects[open().dialect].integer} NOT NULL`);
      await sql.batch([statement(`INSERT INTO ${table} (id, version) VALUES ('meta', 7)`)], 'write');
      const step = (from: number, id: string): readonly RemoteStatement[] => [
        statement(`INSERT INTO ${table} (id, version) VALUES (?, 0)`, id),
        statement(`UPDATE ${table} SET version = CASE WHEN version = ? THEN ${from + 1} END WHERE id = 'meta'`, from),
      ];

      await sql.batch(step(7, 'first'), 'write');
      const stale = await failureOf(sql.batch(step(7, 'second'), 'write'));

      expect(stale).toEqual({ kind: 'constraint', which: 'not-null', names: [`${table}.version`] });
      expect(await rowsOf(sql, `SELECT id, version FROM ${table} ORDER BY id`)).toEqual([
        ['first', 0],
        ['meta', 8],
      ]);
    });

    it('lets one of many that begin at the same version win, and tells the others', async () => {
      const { sql, table } = await withTable(open, `version ${dialects[open().dialect].integer} NOT NULL`);
      await sql.batch([statement(`INSERT INTO ${table} (version) VALUES (1)`)], 'write');
      const step = statement(`UPDATE ${table} SET version = CASE WHEN version = 1 THEN 2 END`);

      const outcomes = await Promise.all(Array.from({ length: 8 }, () => failureOf(open().batch([step], 'write'))));

      expect(outcomes.filter((failure) => failure === null)).toHaveLength(1);
      expect(outcomes.filter((failure) => failure?.kind === 'constraint')).toHaveLength(7);
    });

    it('names a unique key that is taken', async () => {
      const { sql, table } = await withTable(open, 'owner text, slug text');
      await sql.batch([statement(`CREATE UNIQUE INDEX ${table}_by_slug ON ${table} (owner, slug)`)], 'write');
      const insert = statement(`INSERT INTO ${table} (owner, slug) VALUES ('ann', 'x')`);
      await sql.batch([insert], 'write');

      const names = sql.dialect === 'sqlite' ? [`${table}.owner`, `${table}.slug`] : [`${table}_by_slug`];
      expect(await failureOf(sql.batch([insert], 'write'))).toEqual({ kind: 'constraint', which: 'unique', names });
    });

    it('tells a broken check', async () => {
      const { sql, table } = await withTable(open, 'n integer CONSTRAINT small CHECK (n < 10)');

      expect(await failureOf(sql.batch([statement(`INSERT INTO ${table} (n) VALUES (10)`)], 'write'))).toEqual({
        kind: 'constraint',
        which: 'check',
        names: ['small'],
      });
    });

    it('tells a broken foreign key', async () => {
      const { sql, table } = await withTable(open, 'id text PRIMARY KEY');
      const [child, name] = [freshTable(), `${table}_of`];
      await sql.batch([statement(`CREATE TABLE ${child} (parent text CONSTRAINT ${name} REFERENCES ${table} (id))`)], 'write');

      expect(await failureOf(sql.batch([statement(`INSERT INTO ${child} (parent) VALUES ('nobody')`)], 'write'))).toEqual({
        kind: 'constraint',
        which: 'foreign-key',
        names: sql.dialect === 'sqlite' ? [] : [name],
      });
    });

    it('gives truth as 1 and 0', async () => {
      const sql = open();

      expect(await rowsOf(sql, 'SELECT 1 < 2 AS a, 2 < 1 AS b')).toEqual([[1, 0]]);
    });

    it('keeps every number, text and byte', async () => {
      const { sql, table } = await withTable(open, columnsOf(open()));
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at).buffer;
      const wide = 'x'.repeat(100_000);
      const kept: readonly (readonly SqlValue[])[] = [
        [1, 0, '', new ArrayBuffer(0)],
        [2, Number.MAX_VALUE, `'"?$1\\\n\r\t\u{1F600}\uFFFF\u0001`, bytes],
        [3, Number.MIN_VALUE, wide, new Uint8Array(100_000).fill(255).buffer],
        [4, -Number.EPSILON, "it''s", null],
        [5, Number.MAX_SAFE_INTEGER, 'NULL', null],
        [6, 0.1 + 0.2, null, null],
        [7, -1e21, '\\x00', null],
        [8, null, ' \u00a0ä\u0308 ', null],
      ];

      await sql.batch(
        kept.map((row) => statement(`INSERT INTO ${table} (id, n, s, b) VALUES (?, ?, ?, ?)`, ...row)),
        'write',
      );

      expect(await rowsOf(sql, `SELECT id, n, s, b FROM ${table} ORDER BY id`)).toEqual(kept);
    });

    it('keeps bytes that come alone', async () => {
      const sql = open();
      const [table, bytes] = [freshTable(), Uint8Array.from([0, 1]).buffer];
      await sql.batch(
        [
          statement(`CREATE TABLE ${table} (b ${dialects[sql.dialect].bytes})`),
          statement(`INSERT INTO ${table} (b) VALUES (?)`, bytes),
          statement(`DELETE FROM ${table} WHERE b = ?`, new ArrayBuffer(0)),
        ],
        'write',
      );

      expect(await rowsOf(sql, `SELECT b FROM ${table}`)).toEqual([[bytes]]);
    });

    it('keeps numbers to their last bit', async () => {
      const { sql, table } = await withTable(open, columnsOf(open()));
      await forEachSeed(2, async (random) => {
        const numbers = Array.from({ length: 100 }, () => new Float64Array(random.bytes(8).buffer)[0] ?? 0).filter(Number.isFinite);
        const inserts = numbers.map((number, at) => statement(`INSERT INTO ${table} (id, n) VALUES (?, ?)`, at, number));
        await sql.batch([statement(`DELETE FROM ${table}`), ...inserts], 'write');

        expect(await rowsOf(sql, `SELECT n FROM ${table} ORDER BY id`)).toEqual(numbers.map((number) => [number]));
      });
    });

    it('keeps -0 as 0', async () => {
      const { sql, table } = await withTable(open, columnsOf(open()));
      await sql.batch([statement(`INSERT INTO ${table} (id, n) VALUES (1, ?)`, -0)], 'write');

      expect(await rowsOf(sql, `SELECT n FROM ${table}`)).toEqual([[0]]);
    });

    it('gives integers that no number holds as it says', async () => {
      const { sql, table } = await withTable(open, `id integer, i ${dialects[open().dialect].integer}`);
      const widest = '9223372036854775807';
      await sql.batch([statement(`INSERT INTO ${table} (id, i) VALUES (1, ${widest}), (2, -42)`)], 'write');

      const [wide, narrow] = await rowsOf(sql, `SELECT i FROM ${table} ORDER BY id`);
      expect(wide).toEqual([wideIntegers === 'text' ? widest : Number(widest)]);
      expect(narrow).toEqual([-42]);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY, 'half of \ud83d', 'a\u0000b'])('refuses %j, which some would change', async (value) => {
      expect(await failureOf(open().batch([statement('SELECT ?', value)], 'read'))).toEqual({ kind: 'refused' });
    });

    it('takes question marks in texts, names and comments for what they are', async () => {
      const sql = open();
      const text = `SELECT 'a?''?' AS "?", ? AS b /* ? */ -- ?\n`;

      expect(await sql.batch([statement(text, 'given')], 'read')).toMatchObject([{ columns: ['?', 'b'], rows: [["a?'?", 'given']] }]);
    });

    it('reads as of one moment, whoever writes meanwhile', async () => {
      const { sql, table } = await withTable(open, 'id text, n integer');
      await sql.batch([statement(`INSERT INTO ${table} (id, n) VALUES ('a', 0), ('b', 0)`)], 'write');
      const add = (id: string): RemoteStatement => statement(`UPDATE ${table} SET n = n + 1 WHERE id = ?`, id);
      const read = (id: string): RemoteStatement => statement(`SELECT n FROM ${table} WHERE id = ?`, id);

      const writing = (async () => {
        for (let count = 0; count < 20; count++) await sql.batch([add('a'), add('b')], 'write');
      })();
      const seen = await Promise.all(Array.from({ length: 20 }, () => open().batch([read('a'), read('b')], 'read')));
      await writing;

      expect(seen.filter(([a, b]) => a?.rows[0]?.[0] !== b?.rows[0]?.[0])).toEqual([]);
      expect(await rowsOf(sql, `SELECT n FROM ${table}`)).toEqual([[20], [20]]);
    });

    it('takes 1,000 statements at once', async () => {
      const { sql, table } = await withTable(open, columnsOf(open()));
      const inserts = Array.from({ length: 1000 }, (_, at) => statement(`INSERT INTO ${table} (id, s) VALUES (?, ?)`, at, `text ${at}`));

      const results = await sql.batch(inserts, 'write');

      expect(results).toHaveLength(1000);
      expect(await rowsOf(sql, `SELECT count(*) FROM ${table}`)).toEqual([[1000]]);
    });
  });
}

function statement(sql: string, ...params: readonly SqlValue[]): RemoteStatement {
  return { sql, params };
}

function columnsOf({ dialect }: RemoteSql): string {
  const { number, bytes } = dialects[dialect];
  return `id integer, n ${number}, s text, b ${bytes}`;
}

async function withTable(open: () => RemoteSql, columns: string): Promise<{ readonly sql: RemoteSql; readonly table: string }> {
  const [sql, table] = [open(), freshTable()];
  await sql.batch([statement(`CREATE TABLE ${table} (${columns})`)], 'write');
  return { sql, table };
}

async function rowsOf(sql: RemoteSql, text: string): Promise<readonly (readonly SqlValue[])[]> {
  const [result] = await sql.batch([statement(text)], 'read');
  return result?.rows ?? [];
}

/** Null: it did not fail. By its field and not its class, for a driver may be in another isolate. */
async function failureOf(batch: Promise<unknown>): Promise<RemoteFailure | null> {
  try {
    await batch;
    return null;
  } catch (error) {
    if (error instanceof Error && 'failure' in error) return error.failure as RemoteFailure;
    throw error;
  }
}
