/** Vectors where the database compares them itself: PostgreSQL with pgvector, and libSQL. */
import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import type { DocumentWrite, StoredDocument, VectorRead } from '@betterbase/engine';
import { nodeDisk, type RemoteSql, RemoteStore } from '@betterbase/providers';
import { NeonSql } from '@betterbase/providers/neon';
import { TursoSql } from '@betterbase/providers/turso';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { deletion, insertion, replaced, StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { type HranaServer, type NeonServer, type PostgresServer, startHrana, startNeon, startPglite } from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MemoryStore } from '../src/memory/memory-store.ts';

const authToken = 'token of the test';
let postgres: PostgresServer;
let neon: NeonServer;
let hrana: HranaServer;
/** What was sent. */
let sent: string[] = [];

beforeAll(async () => {
  [postgres, hrana] = await Promise.all([startPglite(), startHrana({ authToken })]);
  neon = await startNeon(postgres);
});
beforeEach(() => {
  sent = [];
});
afterAll(async () => {
  await neon.close();
  await Promise.all([postgres.stop(), hrana.close()]);
});

interface Place {
  readonly name: string;
  readonly connect: () => RemoteSql;
  /** What the statements that ask it have in them. */
  readonly asks: string;
  readonly walks: string;
  readonly indexes: string;
  /** As a database would have it that has none. */
  readonly without: readonly [string, string];
}

const places: readonly Place[] = [
  {
    name: 'pgvector',
    connect: () => new NeonSql({ connectionString: neon.connectionString }),
    asks: '<#>',
    walks: 'SET LOCAL hnsw.ef_search',
    indexes: `SELECT tablename FROM pg_tables WHERE starts_with(tablename, '_bb_vector')`,
    without: [`name = 'vector'`, `name = 'no such extension'`],
  },
  {
    name: 'libSQL',
    connect: () => new TursoSql({ url: hrana.url, authToken }),
    asks: 'vector_distance_cos(embedding',
    walks: 'vector_top_k',
    indexes: `SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB '_bb_vector*'`,
    without: ['vector_distance_cos(vector32', 'no_such_function(vector32'],
  },
];

function connectTo({ connect }: Place, [from, to]: readonly [string, string] = ['', '']): RemoteSql {
  const driver = connect();
  return {
    dialect: driver.dialect,
    batch: (statements, mode) => {
      sent.push(...statements.map(({ sql }) => sql));
      return driver.batch(
        statements.map((each) => ({ ...each, sql: each.sql.replace(from, to) })),
        mode,
      );
    },
  };
}

async function emptyOf(place: Place): Promise<RemoteSql> {
  const sql = connectTo(place);
  if (sql.dialect === 'postgres') await run(sql, 'DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
  else {
    // What belongs to an index goes with its table.
    const ours = `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_bb_near*' AND name NOT GLOB 'libsql_*'`;
    const names = (await run(sql, ours))[0]?.rows.flat() ?? [];
    if (names.length > 0) await run(sql, ...names.map((name) => `DROP TABLE "${String(name)}"`));
  }
  return sql;
}

const run = (sql: RemoteSql, ...texts: string[]) =>
  sql.batch(
    texts.map((text) => ({ sql: text, params: [] })),
    'write',
  );
const newStore = (sql: RemoteSql) => new RemoteStore({ sql, provider: 'Neon', disk: nodeDisk(new DatabaseSync(':memory:')) });

function songs(dimensions: number, approximate?: true) {
  const fields = { embedding: v.optional(v.any()), genre: v.optional(v.any()), year: v.optional(v.number()) };
  const index = { kind: 'vector', name: 'by_embedding', vectorField: 'embedding', dimensions, filterFields: ['genre'] } as const;
  return { ...tableOf('songs', fields), indexes: [{ ...index, ...(approximate === undefined ? {} : { approximate }) }] };
}

function nearTo(vector: readonly number[], rest: Partial<VectorRead> = {}): VectorRead {
  const leastScore = Number.NEGATIVE_INFINITY;
  return { table: 'songs', field: 'embedding', vector, metric: 'cosine', anyOf: [], leastScore, limit: 10, ...rest };
}

function randomVector(random: Seeded, dimensions: number): number[] {
  return Array.from({ length: dimensions }, () => random.pick([0, 0, 1, -1, 0.1, 1e-30, 1e30, 3]) * random.pick([1, 1, 0.999_999_9]));
}

function randomSong(random: Seeded) {
  const embedding = random.chance(0.1) ? random.pick([[], [1], 'none', [1, 2, 'x'], [Number.NaN, 1, 1]]) : randomVector(random, 3);
  return { embedding, ...(random.chance(0.7) ? { genre: random.pick<string | number>(['pop', 'jazz', 'x'.repeat(300), 7]) } : {}) };
}

test.each(places)('$name finds what a model finds, with its scores, filters, equals and pending writes', { timeout: 120_000 }, (place) =>
  forEachSeed(5, async (random) => {
    const store = await StoreDriver.open(newStore(await emptyOf(place)), songs(3));
    const model = await StoreDriver.open(new MemoryStore(), songs(3));
    let documents: readonly StoredDocument[] = [];

    for (let round = 0; round < 3; round++) {
      const { writes, after } = randomWrites(random, store, documents, 40);
      await store.commit(writes);
      await model.commit(writes);
      documents = after;
      for (let count = 0; count < 6; count++) {
        const anyOf = random.chance(0.5)
          ? [{ field: 'genre', value: random.pick<string | undefined>(['pop', 'x'.repeat(300), undefined]) }]
          : [];
        const rest = { anyOf, limit: random.pick([1, 5, 50]), leastScore: random.pick([Number.NEGATIVE_INFINITY, 0, 0.5]) };
        const read = nearTo(randomVector(random, 3), rest);
        const pending = random.chance(0.4) ? randomWrites(random, store, documents, 5).writes : [];
        const [found, wanted] = [await store.store.nearest(read, pending), await model.store.nearest(read, pending)];
        expect([read, found.near]).toEqual([read, wanted.near]);
      }
    }
  }),
);

function randomWrites(random: Seeded, driver: StoreDriver, documents: readonly StoredDocument[], most: number) {
  const writes: DocumentWrite[] = [];
  const after: StoredDocument[] = [];
  for (const before of documents) {
    if (random.chance(0.2)) writes.push(deletion('songs', before));
    else if (random.chance(0.7)) after.push(before);
    else {
      const changed = replaced(before, randomSong(random));
      writes.push({ table: 'songs', id: before._id, before, after: changed });
      after.push(changed);
    }
  }
  for (const added of random.many(most, () => driver.document('songs', randomSong(random)))) {
    writes.push(insertion('songs', added));
    after.push(added);
  }
  return { writes, after };
}

test.each(places)('an approximate index of $name is walked, and finds at least nineteen of twenty', { timeout: 60_000 }, async (place) => {
  const sql = await emptyOf(place);
  const driver = await StoreDriver.open(newStore(sql), songs(32, true));
  const exact = await StoreDriver.open(new MemoryStore(), songs(32));
  const random = seeded(7);
  for (let batch = 0; batch < 5; batch++) {
    const documents = Array.from({ length: 300 }, () => driver.document('songs', { embedding: random(32) }));
    for (const each of [driver, exact]) await each.commit(documents.map((document) => insertion('songs', document)));
  }
  if (sql.dialect === 'postgres') await run(sql, 'ANALYZE');
  sent = [];

  let [found, scores] = [0, 0];
  for (let count = 0; count < 30; count++) {
    const read = nearTo(random(32));
    const [near, wanted] = [(await driver.store.nearest(read, [])).near, (await exact.store.nearest(read, [])).near];
    const known = new Map(wanted.map(({ id, score }) => [id, score]));
    found += near.filter(({ id }) => known.has(id)).length;
    scores += near.filter(({ id, score }) => known.get(id) === score).length;
  }

  expect(found / 300).toBeGreaterThanOrEqual(0.95);
  expect(scores).toBe(found);
  expect(sent.filter((text) => text.includes(place.walks))).toHaveLength(30);
  if (sql.dialect === 'postgres') expect(await plan(sql, random(32))).toContain('by_nearness');
});

async function plan(sql: RemoteSql, vector: readonly number[]): Promise<string> {
  const text = sent.find((each) => each.includes('<#>')) ?? '';
  const literal = `'[${vector.join()}]'`;
  const [explained] = await sql.batch(
    [{ sql: `EXPLAIN ${text.replaceAll('?', literal).replace(/LIMIT .*?\)/, 'LIMIT 26)')}`, params: [] }],
    'read',
  );
  return (explained?.rows ?? []).flat().join('\n');
}

test.each(places)('an index of $name comes with what was there, follows its table, and is found again', async (place) => {
  const sql = await emptyOf(place);
  const plain = { ...songs(2), indexes: [] };
  const driver = await StoreDriver.open(newStore(sql), plain);
  const [east] = await driver.insert('songs', { embedding: [1, 0] }, { embedding: [0, 1] });
  const indexes = async () => (await run(sql, place.indexes))[0]?.rows.flat();
  expect(await indexes()).toEqual([]);

  await driver.migrate(songs(2));
  expect(await indexes()).toHaveLength(1);
  const other = await StoreDriver.open(newStore(sql));
  sent = [];
  expect((await other.store.nearest(nearTo([1, 0], { limit: 1 }), [])).near).toEqual([{ id: east?._id, score: 1 }]);
  expect(sent.some((text) => text.includes(place.asks))).toBe(true);

  await driver.migrate(plain);
  expect(await indexes()).toEqual([]);
  expect((await driver.store.nearest(nearTo([1, 0], { limit: 1 }), [])).near).toEqual([{ id: east?._id, score: 1 }]);
});

test.each(places)('where $name is not to be had, vectors are compared here', async (place) => {
  await emptyOf(place);
  const driver = await StoreDriver.open(newStore(connectTo(place, place.without)), songs(2));
  const [east] = await driver.insert('songs', { embedding: [1, 0] }, { embedding: [0, 1] });

  expect((await driver.store.nearest(nearTo([1, 0], { limit: 1 }), [])).near).toEqual([{ id: east?._id, score: 1 }]);
  expect(sent.some((text) => text.includes(place.asks))).toBe(false);
});

/** Vectors whose numbers are 32-bit floats, so that they are kept as they are. */
function seeded(seed: number): (dimensions: number) => number[] {
  let state = seed;
  const next = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b_3c6d) + 0x9e37_79b9;
    return (state >>> 8) / 2 ** 24 - 0.5;
  };
  return (dimensions) => Array.from({ length: dimensions }, () => Math.fround(next()));
}
