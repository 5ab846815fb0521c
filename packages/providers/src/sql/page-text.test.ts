import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import { tableOf } from '@betterbase/testing/contracts';
import { expect, test } from 'vitest';
import { nodeDisk } from '../disk/node-disk.ts';
import { pageOf, pageTexts } from './page-text.ts';
import { sqlite } from './sqlite-dialect.ts';
import { SqlTable } from './sql-table.ts';
import { createTableText } from './table-texts.ts';

/** How many rows each page has, of a table whose rows have texts so long. */
function pagesOf(lengths: readonly number[]): readonly number[] {
  const table = new SqlTable(tableOf('notes', { text: v.string() }), sqlite);
  const database = new DatabaseSync(':memory:');
  database.exec(createTableText(table));
  const insert = database.prepare('INSERT INTO notes (_seq, _id, _updatedTime, text) VALUES (?, ?, 0, ?)');
  for (const [at, length] of lengths.entries()) insert.run(at, `id ${at}`, 'x'.repeat(length));
  const disk = nodeDisk(database);
  const pages: number[] = [];
  for (let behind = -1; ; ) {
    const found = pageTexts(table, { behind, upTo: Number.MAX_SAFE_INTEGER }).map(({ sql, params }) => disk.read(sql, ...params));
    const { rows, isLast } = pageOf(found.map((each) => [...each]));
    pages.push(rows.length);
    behind = Number(rows.at(-1)?.[0]);
    if (isLast) return pages;
  }
}

test('a page has as many rows as may be held at once, and one at least', () => {
  expect(pagesOf([])).toEqual([0]);
  expect(pagesOf(Array.from({ length: 1_100 }, () => 10))).toEqual([512, 512, 76]);
  expect(pagesOf([600_000, 600_000, 300_000, 1_900_000, 5])).toEqual([1, 2, 1, 1]);
});
