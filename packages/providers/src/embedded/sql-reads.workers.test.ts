import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { durableObjectDisk } from './durable-object-disk.ts';
import { selectRows } from './sql-reads.ts';

it('in a Durable Object a statement is proven to read the given tables only, and its columns have their names', () =>
  runInDurableObject(env.SCRATCH.get(env.SCRATCH.newUniqueId()), (_, { storage }) => {
    const disk = durableObjectDisk(storage);
    disk.write('CREATE TABLE sales (shop TEXT, amount REAL)');
    disk.write('CREATE INDEX by_shop ON sales (shop)');
    disk.write('CREATE TABLE secrets (text TEXT)');
    disk.write("INSERT INTO sales VALUES ('a', 2), ('b', 3)");
    const select = (sql: string, ...params: string[]) => selectRows(disk, sql, params, (name) => name === 'sales');

    expect(select('SELECT shop, amount * 2 AS twice FROM sales WHERE shop = ?', 'b')).toEqual({
      rows: [{ shop: 'b', twice: 6 }],
      tables: ['sales'],
      readsClock: false,
    });
    expect(select("SELECT max(shop) AS m, datetime('now') IS NULL AS n FROM sales")).toEqual({
      rows: [{ m: 'b', n: 0 }],
      tables: ['sales'],
      readsClock: true,
    });
    expect(select('SELECT value FROM json_each(?)', '[1]')).toMatchObject({ rows: [{ value: 1 }], tables: null });
    for (const sql of [
      'SELECT * FROM secrets',
      'SELECT * FROM sqlite_master',
      'SELECT 1; DELETE FROM sales',
      'WITH x AS (SELECT 1) DELETE FROM sales',
    ])
      expect(() => select(sql)).toThrow(expect.objectContaining({ code: 'query/bad-sql' }));
    expect(disk.read('SELECT count(*) FROM sales')).toEqual([[2]]);
  }));
