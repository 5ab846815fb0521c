import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { v } from '@betterbase/core';
import type { RangeEnd } from '@betterbase/engine';
import { countedIndex, insertion, StoreDriver, tableOf } from '@betterbase/testing/contracts';
import { expect, it } from 'vitest';
import { durableObjectDisk } from '../disk/durable-object-disk.ts';
import { EmbeddedStore } from './embedded-store.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

const table = tableOf('messages', { room: v.string() }, countedIndex('by_room', 'room'));

it.each([
  [1_000, 700],
  [30_000, 1_100],
])('counts half of %i documents, and their range, by reading at most %i rows', { timeout: 60_000 }, (documents, mostRows) =>
  runInDurableObject(env.SCRATCH.get(env.SCRATCH.newUniqueId()), async (_, state) => {
    const { sql } = state.storage;
    let rowsRead = 0;
    const disk: SqlDisk = {
      ...durableObjectDisk(state.storage),
      read: (text, ...params) => {
        const cursor = sql.exec(text, ...params);
        const rows = Array.from(cursor.raw());
        rowsRead += cursor.rowsRead;
        return rows;
      },
    };
    const driver = await StoreDriver.open(new EmbeddedStore(disk), table);
    for (let start = 0; start < documents; start += 1_000) {
      const batch = Array.from({ length: 1_000 }, (_, at) => driver.document('messages', { room: at % 2 === 0 ? 'a' : `b${at % 10}` }));
      await driver.commit(batch.map((document) => insertion('messages', document)));
    }
    const count = async (lower: RangeEnd, upper: RangeEnd): Promise<{ readonly counted: number; readonly isCheap: boolean }> => {
      rowsRead = 0;
      const counted = await driver.store.count({ table: 'messages', index: 'by_room', lower, upper });
      return { counted, isCheap: rowsRead <= mostRows };
    };
    const a = { prefix: ['a'], inclusive: true };

    expect(await count(a, a)).toEqual({ counted: documents / 2, isCheap: true });
    expect(await count({ prefix: ['b1'], inclusive: false }, { prefix: ['b7'], inclusive: true })).toEqual({
      counted: documents * 0.3,
      isCheap: true,
    });
  }),
);
