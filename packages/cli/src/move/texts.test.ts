import { encodeToJson, v, type Value } from '@betterbase/core';
import { expect, test } from 'vitest';
import { csvColumns, documentOf, freeFields, toCell } from './csv-cells.ts';
import { csvLine, readCsv } from './csv.ts';
import { jsonElements } from './json-elements.ts';
import { splitLines } from './split-lines.ts';

/** Cut wherever it may hurt. */
async function* cut(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

test.each([1, 2, 3, 7, 1_000])('lines are found wherever the stream is cut (%i bytes)', async (size) => {
  expect(await all(splitLines(cut('ü1\r\n\n{"a":"🦄"}\nlast', size)))).toEqual(['ü1', '', '{"a":"🦄"}', 'last']);
  expect(await all(splitLines(cut('a\n', size)))).toEqual(['a']);
});

test.each([1, 2, 3, 7, 1_000])('elements of an array are found wherever the stream is cut (%i bytes)', async (size) => {
  const documents = [{ a: '],[{"\\', b: [1, [2]], c: {} }, 5, 'x,y', [], { d: '🦄\n' }];

  for (const text of [JSON.stringify(documents), JSON.stringify(documents, null, 2), ` ${JSON.stringify(documents)} \n`]) {
    const elements = await all(jsonElements(cut(text, size)));
    expect(elements.map((element) => JSON.parse(element))).toEqual(documents);
    expect(elements.join('')).not.toContain('\n');
  }
  expect(await all(jsonElements(cut('[]', size)))).toEqual([]);
});

test.each(['', '{}', '[1', '[1] 2', 'x'])('what is no array is refused: %j', async (text) => {
  await expect(all(jsonElements(cut(text, 2)))).rejects.toMatchObject({ code: 'import/bad-file' });
});

test.each([1, 3, 1_000])('records of CSV are found wherever the stream is cut, with their lines (%i bytes)', async (size) => {
  const text = 'a,b\r\n"1,""x""\n2",ü\n\n,"",\n"end"';
  const records = await all(readCsv(cut(text, size)));

  expect(records.map(({ cells }) => cells.map(({ text: cell }) => cell))).toEqual([['a', 'b'], ['1,"x"\n2', 'ü'], ['', '', ''], ['end']]);
  expect(records.map(({ line }) => line)).toEqual([1, 2, 5, 6]);
  expect(records[2]?.cells.map(({ isQuoted }) => isQuoted)).toEqual([false, true, false]);
});

test.each(['a,"b', 'a,"b"c'])('CSV with a quote out of place is refused: %s', async (text) => {
  await expect(all(readCsv(cut(text, 100)))).rejects.toMatchObject({ code: 'import/bad-file' });
});

test('documents come back from CSV as they were, by the schema', async () => {
  const fields = {
    text: v.optional(v.string()),
    number: v.optional(v.number()),
    big: v.optional(v.int64()),
    bytes: v.optional(v.bytes()),
    flag: v.optional(v.boolean()),
    list: v.optional(v.array(v.any())),
    any: v.optional(v.any()),
    maybe: v.optional(v.nullable(v.string())),
    choice: v.optional(v.union(v.number(), v.string())),
  };
  const schema = v.object(fields).json;
  const documents: { [field: string]: Value }[] = [
    {},
    { text: '' },
    { text: 'null' },
    { text: '12' },
    { text: 'a "b",\nc' },
    { text: ' padded ' },
    { text: '[1]' },
    { number: -0 },
    { number: Number.NaN },
    { number: 1e300 },
    { big: 2n ** 63n - 1n },
    { bytes: new ArrayBuffer(0) },
    { bytes: new Uint8Array([1, 2]).buffer },
    { flag: false },
    { list: [1n, 'x', { y: null }] },
    { any: null },
    { any: 5 },
    { any: '5' },
    { any: 5n },
    { any: new Uint8Array([1]).buffer },
    { any: { a: [true] } },
    { any: '' },
    { any: 'true' },
    { any: true },
    { maybe: null },
    { maybe: 'null' },
    { choice: '1' },
    { choice: 1 },
  ];
  const columns = csvColumns('things', schema);
  const free = freeFields(schema);
  const text = [
    columns.map((name) => ({ text: name, isQuoted: false })),
    ...documents.map((each) => columns.map((name) => toCell(each[name], free.has(name)))),
  ]
    .map(csvLine)
    .join('');

  const [header, ...records] = await all(readCsv(cut(text, 100)));
  const names = header?.cells.map((cell) => cell.text) ?? [];
  expect(names.slice(0, 3)).toEqual(['_id', '_creationTime', 'text']);
  expect(records.map(({ cells }) => JSON.stringify(documentOf(names, cells, schema)))).toEqual(documents.map((each) => encodeToJson(each)));
});

test('without a schema a cell is a number if it looks so, else a text', () => {
  const cells = ['12', 'x', '1e3', '', '007'].map((text) => ({ text, isQuoted: false }));

  expect(documentOf(['a', 'b', 'c', 'd', 'e'], cells, { type: 'any' })).toEqual({ a: 12, b: 'x', c: 1_000, e: 7 });
  expect(() => csvColumns('free', { type: 'any' })).toThrow(expect.objectContaining({ code: 'usage/bad-option' }));
});

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}
