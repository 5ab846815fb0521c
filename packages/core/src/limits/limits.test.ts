import { expect, test } from 'vitest';
import { defineConfig, parseConfig } from '../config.ts';
import { defineSchema } from '../schema/schema.ts';
import { defineTable } from '../schema/table.ts';
import { v } from '../validators/v.ts';
import { limitTable } from './limit-table.ts';
import { completeLimits, defaultLimits, limitNames, parseLimits } from './project-limits.ts';

const project = { name: 'chat' };

test('every limit has its default within its bounds', () => {
  const outside = limitNames.filter((name) => {
    const { least, most, default: value } = limitTable[name];
    return !(least <= value && value <= most);
  });

  expect(outside).toEqual([]);
  expect(parseLimits(defaultLimits)).toEqual(defaultLimits);
});

test('a project sets some and keeps the rest', () => {
  const { limits } = defineConfig({ project, limits: { documentsRead: 50_000 } });

  expect(completeLimits(limits)).toEqual({ ...defaultLimits, documentsRead: 50_000 });
  expect(completeLimits(undefined)).toBe(defaultLimits);
});

test('what cannot be set is named, all of it at once', () => {
  const parsed = parseConfig({ project, limits: { documentsRead: 0, ranges: 1.5, resultBytes: 1e12, documents: 3 } });

  expect(parsed.success ? null : parsed.error.details).toEqual([
    { path: 'limits.documentsRead', message: 'must be a whole number of documents from 1 to 200000' },
    { path: 'limits.ranges', message: 'must be a whole number of reads from 1 to 20000' },
    { path: 'limits.resultBytes', message: 'must be a whole number of bytes from 100 to 16777216' },
    { path: 'limits.documents', message: 'is not a limit; is it misspelled?' },
  ]);
  expect(() => parseLimits([1])).toThrow(expect.objectContaining({ code: 'config/invalid' }));
});

test('a schema has so many tables, and a table so many indexes of each kind', () => {
  const table = defineTable({ text: v.string() });
  const many = Object.fromEntries(Array.from({ length: 10_001 }, (_, number) => [`t${number}`, table]));
  const searched = [1, 2, 3, 4, 5].reduce(
    (made: typeof table, number) => made.searchIndex(`s${number}`, { searchField: 'text' }) as typeof table,
    table,
  );

  expect(() => defineSchema(many)).toThrow(expect.objectContaining({ code: 'schema/too-many-tables' }));
  expect(() => defineSchema({ searched })).toThrow(
    expect.objectContaining({ code: 'schema/too-many-indexes', message: 'Table `searched` has 5 search indexes.' }),
  );
});
