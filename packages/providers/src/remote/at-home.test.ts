import { DatabaseSync } from 'node:sqlite';
import { notes, StoreDriver } from '@betterbase/testing/contracts';
import { SqliteElsewhere, storeElsewhere } from '@betterbase/testing/elsewhere';
import { expect, test } from 'vitest';
import { nodeDisk } from '../disk/node-disk.ts';
import { Standing } from '../sql/standing.ts';
import { AtHome } from './at-home.ts';

const query = (number: number) => ({ number, text: `query ${number}`, points: [number], isStale: false });

function lives(): () => AtHome {
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  const page = async () => ({ documents: [], isLast: true });
  return () => new AtHome({ disk, standing: new Standing<never>(), page });
}

async function staleIn({ kept }: AtHome): Promise<readonly number[]> {
  return (await kept.stale()).map(({ number }) => number);
}

test('what a commit has not touched is right when the next life finds the version that it knows', async () => {
  const open = lives();
  const first = open();
  first.open(3);
  await first.kept.keep([query(1), query(2)], []);
  first.committed({ version: 4, writes: [], now: 0, stale: [2] });

  const second = open();
  second.open(4);

  expect(await staleIn(second)).toEqual([2]);
});

test('everything is stale when there is a commit of which nothing was told here', async () => {
  const open = lives();
  const first = open();
  first.open(3);
  await first.kept.keep([query(1), query(2)], []);

  const second = open();
  second.open(4);
  expect(await staleIn(second)).toEqual([1, 2]);

  await second.kept.keep([query(1)], []);
  const third = open();
  third.open(4);
  expect(await staleIn(third)).toEqual([2]);
});

test('commits before anything was kept do not matter', async () => {
  const open = lives();
  const first = open();
  first.open(3);
  first.committed({ version: 4, writes: [], now: 0 });
  await first.kept.keep([query(1)], []);

  const second = open();
  second.open(4);

  expect(await staleIn(second)).toEqual([]);
});

test('a snapshot ends with a commit of which nothing was told here', async () => {
  const sql = new SqliteElsewhere(new DatabaseSync(':memory:'));
  const driver = await StoreDriver.open(storeElsewhere(sql), notes);
  await driver.insert('notes', { owner: 'ada', text: 'old', rank: 1 });
  await driver.snapshots.open('export', driver.now);
  const other = await StoreDriver.open(storeElsewhere(sql));
  other.time = driver.time + 1;
  await other.insert('notes', { owner: 'ada', text: 'new', rank: 2 });

  const read = () => driver.snapshots.read({ snapshot: 'export', table: 'notes', after: null }, driver.now);

  await expect(read()).rejects.toMatchObject({ code: 'commit/conflict' });
  await driver.store.open();
  expect(await read()).toBeNull();
});
