import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { encodeToJson, v, type Value } from '@betterbase/core';
import { ZipWriter } from '@zip.js/zip.js';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSnapshot } from './snapshot-reader.ts';
import { SnapshotWriter } from './snapshot-writer.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'betterbase-snapshot-'));
  path = join(folder, 'snapshot.zip');
});
afterEach(() => rm(folder, { recursive: true }));

/** A ZIP of these files, put together by hand. */
async function zip(files: Readonly<Record<string, string>>): Promise<void> {
  const writer = new ZipWriter(Writable.toWeb(createWriteStream(path)), { useWebWorkers: false });
  for (const [name, text] of Object.entries(files)) await writer.add(name, new Blob([text]).stream());
  await writer.close();
}

async function documents(): Promise<Record<string, unknown[]>> {
  const snapshot = await openSnapshot(path);
  const entries = await Promise.all(
    snapshot.tables.map(async ({ table, lines }) => [table, (await all(lines())).map((line): unknown => JSON.parse(line))] as const),
  );
  await snapshot.close();
  return Object.fromEntries(entries);
}

test('a snapshot of Convex is read: numbers of tables, and what its texts stand for', async () => {
  const id = 'jd7b4zqgj5c5jg0v0a1j8c9w2s6k3f4h';
  await zip({
    'README.md': '# Welcome to your Convex snapshot export!\n',
    '_tables/documents.jsonl': '{"id":10002,"name":"messages"}\n{"id":10001,"name":"users"}\n{"id":10003,"name":"empty"}\n',
    '_storage/documents.jsonl': '{"_id":"kg21","contentType":"image/png"}\n',
    '_storage/kg21.png': 'PNG',
    '_components/rateLimiter/_tables/documents.jsonl': '{"id":10001,"name":"limits"}\n',
    '_components/rateLimiter/limits/documents.jsonl': '{"_id":"x"}\n',
    'messages/documents.jsonl': `{"_creationTime":1700000000123.456,"_id":"${id}","body":"5","count":"5","avatar":"AQID","any":"7","score":"NaN"}\n{"_creationTime":1700000000124.5,"_id":"other","body":"x","count":"-9","avatar":"","any":"seven","score":-0.0}\n`,
    'messages/generated_schema.jsonl': `${JSON.stringify('{"_creationTime": normalfloat64, "_id": id<10002>, "any": unknown, "avatar": bytes, "body": string, "count": int64, "score": float64}')}\n${JSON.stringify({ [id]: { any: 'int64', score: { $float64NaN: 'AAAAAAAA+H8=' } } })}\n`,
    'users/documents.jsonl': '{"_creationTime":1,"_id":"u","name":"Ada","big":{"$integer":"AQAAAAAAAAA="}}\n',
    'empty/documents.jsonl': '',
  });

  const snapshot = await openSnapshot(path);
  expect(snapshot.tables.map(({ table, number }) => [table, number])).toEqual([
    ['messages', 10_002],
    ['users', 10_001],
    ['empty', 10_003],
  ]);
  expect(snapshot.left).toEqual(['1 stored files (_storage)', 'the tables of component `rateLimiter`']);
  await snapshot.close();
  const minusZero = JSON.parse(encodeToJson(-0));
  expect(await documents()).toEqual({
    messages: [
      {
        _creationTime: 1700000000123.456,
        _id: id,
        body: '5',
        count: { $integer: 'BQAAAAAAAAA=' },
        avatar: { $bytes: 'AQID' },
        any: { $integer: 'BwAAAAAAAAA=' },
        score: { $float: 'AAAAAAAA+H8=' },
      },
      {
        _creationTime: 1700000000124.5,
        _id: 'other',
        body: 'x',
        count: { $integer: '9/////////8=' },
        avatar: { $bytes: '' },
        any: 'seven',
        score: minusZero,
      },
    ],
    users: [{ _creationTime: 1, _id: 'u', name: 'Ada', big: { $integer: 'AQAAAAAAAAA=' } }],
    empty: [],
  });
});

test('what is written is read back, value for value', async () => {
  const schema = v.object({
    any: v.optional(v.any()),
    big: v.optional(v.int64()),
    text: v.optional(v.string()),
    number: v.optional(v.number()),
  }).json;
  const values: { [field: string]: Value }[] = [
    { any: 5n },
    { any: '5' },
    { any: [Number.NaN, new ArrayBuffer(1), -0, null, { deep: Number.POSITIVE_INFINITY }] },
    { big: -1n, text: '1', number: Number.NEGATIVE_INFINITY },
    { number: Number.NaN },
    { text: '🦄\n\u0000' },
    {},
  ];
  const lines = values.map((value, position) => encodeToJson({ _id: `id${position}`, _creationTime: position, ...value }));
  const writer = new SnapshotWriter(Writable.toWeb(createWriteStream(path)));
  await writer.begin([
    { table: 'things', number: 10_001, document: schema },
    { table: 'none', number: 10_002, document: schema },
  ]);
  await writer.table({ table: 'things', document: schema }, asynchronously(lines));
  await writer.table({ table: 'none', document: schema }, asynchronously([]));
  await writer.end();

  const snapshot = await openSnapshot(path);
  expect(snapshot.tables.map(({ table, number }) => [table, number])).toEqual([
    ['things', 10_001],
    ['none', 10_002],
  ]);
  expect(await all(snapshot.tables[0]?.lines() ?? asynchronously([]))).toEqual(lines);
  await snapshot.close();
});

test('what is no snapshot is refused', async () => {
  await writeFile(path, 'not a zip');
  await expect(openSnapshot(path)).rejects.toMatchObject({ code: 'import/bad-file' });
  await zip({ 'README.md': 'nothing' });
  await expect(openSnapshot(path)).rejects.toMatchObject({ code: 'import/bad-file' });
  await zip({ 'things/documents.jsonl': '{"a":1}\n', 'things/generated_schema.jsonl': '"uniform"\n' });
  await expect(documents()).rejects.toMatchObject({ code: 'import/bad-file' });
});

async function* asynchronously(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
