import { DatabaseSync } from 'node:sqlite';
import { v } from '@betterbase/core';
import type { RangeRead } from '@betterbase/engine';
import { index, notes, StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { describe, expect, it } from 'vitest';
import { EmbeddedStore } from '../embedded/embedded-store.ts';
import { nodeDisk } from '../disk/node-disk.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

describe('the SQL of the embedded store', () => {
  it.each<[string, Partial<RangeRead>]>([
    ['by_owner', {}],
    ['by_owner', { lower: { prefix: ['a'], inclusive: true }, upper: { prefix: ['a'], inclusive: true } }],
    ['by_owner_and_text', { lower: { prefix: ['a', 'b', 5], inclusive: false } }],
    ['by_owner_and_text', { lower: { prefix: ['a', 'b'], inclusive: false }, upper: { prefix: ['a', 'x'], inclusive: false } }],
    ['by_owner_and_text', { lower: { prefix: ['a', 'b'], inclusive: false }, upper: { prefix: ['c', 'd', 5], inclusive: true } }],
    ['by_owner_and_rank', { lower: { prefix: ['a', 1], inclusive: true }, upper: { prefix: ['a'], inclusive: true } }],
    ['by_done', { lower: { prefix: [true, 5], inclusive: false } }],
    ['by_id', { lower: { prefix: ['a'], inclusive: true } }],
    ['by_creation_time', { upper: { prefix: [5], inclusive: false } }],
  ])('walks along %s and never sorts: %j', async (name, range) => {
    const { texts, disk, driver } = await recording();

    await driver.read('notes', { index: name, ...range });
    await driver.read('notes', { index: name, ...range, order: 'desc' });

    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      const plan = disk.read(`EXPLAIN QUERY PLAN ${text}`, ...Array.from(text.matchAll(/\?/g), () => 1)).map((row) => String(row.at(-1)));
      expect(plan).toHaveLength(1);
      expect(plan[0]).toMatch(name === 'by_creation_time' ? /USING INTEGER PRIMARY KEY/ : new RegExp(`USING INDEX notes\\.${name}( |$)`));
    }
  });

  it('has one text for ranges of one shape', async () => {
    const { texts, driver } = await recording();

    await driver.equal('notes', 'by_owner', 'ada');
    await driver.equal('notes', 'by_owner', "bob'; DROP TABLE notes; --");

    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).not.toContain('ada');
  });

  it('is plain SQL for others to read: typed columns, times in milliseconds', async () => {
    const database = new DatabaseSync(':memory:');
    const table = tableOf(
      'people',
      { name: v.string(), age: v.number(), admin: v.boolean(), tags: v.array(v.string()), photo: v.optional(v.bytes()) },
      index('by_age', 'age'),
    );
    const driver = await StoreDriver.open(new EmbeddedStore(nodeDisk(database)), table);
    const [ada] = await driver.insert('people', { name: 'Ada', age: 36, admin: true, tags: ['x'] });

    const row = database
      .prepare(`SELECT _id, _creationTime, _updatedTime, name, age, admin, tags, photo, _extra FROM people WHERE age > 30`)
      .get();

    expect({ ...row }).toEqual({
      _id: ada?._id,
      _creationTime: ada?._creationTime,
      _updatedTime: driver.now,
      name: 'Ada',
      age: 36,
      admin: 1,
      tags: '["x"]',
      photo: null,
      _extra: null,
    });
    expect(
      database
        .prepare('SELECT name, type FROM pragma_table_xinfo(?)')
        .all('people')
        .map((column) => `${String(column['name'])} ${String(column['type'])}`),
    ).toEqual([
      '_seq INTEGER',
      '_id TEXT',
      '_creationTime REAL',
      '_updatedTime REAL',
      'name TEXT',
      'age REAL',
      'admin INTEGER',
      'tags TEXT',
      'photo BLOB',
      '_extra TEXT',
      '_k_by_age BLOB',
    ]);
  });

  it('writes only the columns that change', async () => {
    const { written, driver } = await recording();
    const [note] = await driver.insert('notes', { owner: 'ada', text: 'a', rank: 1 });
    written.length = 0;

    if (note !== undefined) await driver.replace('notes', note, { owner: 'ada', text: 'b', rank: 1 });

    expect(written[0]).toBe('UPDATE "notes" SET "_updatedTime" = ?, "text" = ? WHERE _seq = ?');
  });
});

interface Recording {
  readonly texts: string[];
  readonly written: string[];
  readonly disk: SqlDisk;
  readonly driver: StoreDriver;
}

/** A store with notes, and what it reads and writes from then on. */
async function recording(): Promise<Recording> {
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  const [texts, written]: [string[], string[]] = [[], []];
  const store = new EmbeddedStore({
    ...disk,
    read: (sql, ...params) => (texts.push(sql), disk.read(sql, ...params)),
    write: (sql, ...params) => (written.push(sql), disk.write(sql, ...params)),
  });
  const driver = await StoreDriver.open(store, notes);
  texts.length = 0;
  return { texts, written, disk, driver };
}
