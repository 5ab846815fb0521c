import { equalValues, type Validator, v, type Value } from '@betterbase/core';
import { expect, test } from 'vitest';
import { cleanText, hintFor, restoreValue } from './clean-value.ts';
import { parseShape } from './shape.ts';
import { shapeOfTable } from './shape-of-table.ts';

const values: readonly Value[] = [
  null,
  true,
  0,
  -0,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  5n,
  -(2n ** 63n),
  '',
  '5',
  'NaN',
  'Infinity',
  'AQID',
  new Uint8Array([1, 2, 3]).buffer,
  [],
  [1n, '1', null],
  {},
  { a: 1n, b: '1', c: { d: [Number.NaN] } },
];

function roundTrip(value: Value, shape: string): Value {
  const shapes = [parseShape(shape)];
  return restoreValue(JSON.parse(cleanText(value)), hintFor(value, shapes), shapes);
}

test.each(['unknown', 'array<unknown> | string | int64 | bytes | float64 | boolean | null | {}'])(
  'every value comes back through a place of shape %s',
  (shape) => {
    expect(values.filter((value) => !equalValues(roundTrip(value, shape), value))).toEqual([]);
  },
);

test('where the shape says it all, nothing is told beside the document', () => {
  const shape = [
    parseShape('{"_creationTime": normalfloat64, "_id": id<10001>, "big": int64, "list"?: array<bytes>, "up": inf | normalfloat64}'),
  ];

  expect(hintFor({ big: 1n, list: [new ArrayBuffer(1)], up: Number.POSITIVE_INFINITY }, shape)).toBe('infer');
  expect(restoreValue({ big: '12', list: ['AQID'], up: '-Infinity' }, 'infer', shape)).toEqual({
    big: 12n,
    list: [new Uint8Array([1, 2, 3]).buffer],
    up: Number.NEGATIVE_INFINITY,
  });
});

test('where it does not, hints do, in the words of Convex', () => {
  expect(hintFor({ a: 1n, b: 'x', c: [1, Number.NaN] }, [parseShape('unknown')])).toEqual({
    a: 'int64',
    c: ['infer', { $float64NaN: 'AAAAAAAA+H8=' }],
  });
  expect(restoreValue({ a: '5', b: '5' }, { a: 'int64' }, [parseShape('unknown')])).toEqual({ a: 5n, b: '5' });
});

test('shapes of snapshots are read', () => {
  for (const shape of [
    '{"a": "literal" | null, "b": field_name}',
    '{"_id": "3yvf0j22p6ez1rqyy5m379kz9kh4sar"} | {"c"?: record<id<10002>, array<float64>>}',
    'never',
    '-0 | NaN',
  ])
    expect(() => parseShape(shape)).not.toThrow();
  for (const shape of ['uniform', '{"a" string}', 'array<string', 'string |', 'string trailing'])
    expect(() => parseShape(shape)).toThrow(expect.objectContaining({ code: 'import/bad-file' }));
});

test('the shape of a table describes what its validator allows', () => {
  const table: Record<string, Validator> = {
    text: v.string(),
    big: v.optional(v.int64()),
    any: v.any(),
    choice: v.union(v.literal('a'), v.literal('b'), v.null()),
    list: v.array(v.bytes()),
    map: v.record(v.string(), v.int64()),
    either: v.union(v.object({ a: v.int64() }), v.string()),
    nested: v.object({ deep: v.int64() }),
  };
  const shape = shapeOfTable(v.object(table).json);

  expect(shape).toBe(
    '{"_creationTime": normalfloat64, "_id": string, "any": unknown, "big"?: int64, "choice": string | null, "either": unknown, "list": array<bytes>, "map": record<string, int64>, "nested": {"deep": int64}, "text": string}',
  );
  const document = {
    any: [1n, Number.NaN, -0],
    big: 7n,
    choice: null,
    list: [new ArrayBuffer(2)],
    map: { x: 1n },
    either: { a: 9n },
    nested: { deep: 3n },
    text: '7',
  };
  expect(equalValues(roundTrip(document, shape), document)).toBe(true);
  expect(hintFor(document, [parseShape(shape)])).toEqual({
    any: ['int64', { $float64NaN: 'AAAAAAAA+H8=' }, 'infer'],
    either: { a: 'int64' },
  });
});

test('what is not what the schema says is refused', () => {
  expect(() => restoreValue('five', 'int64', [])).toThrow(expect.objectContaining({ code: 'import/bad-file' }));
  expect(() => restoreValue('***', 'bytes', [])).toThrow(expect.objectContaining({ code: 'import/bad-file' }));
});
