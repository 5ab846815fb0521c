import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { nodeDisk } from '../embedded/node-disk.ts';
import { KeptCover } from './kept-cover.ts';

const query = (number: number) => ({ number, text: `query ${number}`, points: [number], isStale: false });

function lives(): () => KeptCover {
  const disk = nodeDisk(new DatabaseSync(':memory:'));
  return () => new KeptCover(disk);
}

async function staleIn({ rows }: KeptCover): Promise<readonly number[]> {
  return (await rows.stale()).map(({ number }) => number);
}

test('what a commit has not touched is right when the next life finds the version that it knows', async () => {
  const open = lives();
  const first = open();
  first.open(3);
  await first.rows.keep([query(1), query(2)], []);
  first.committed(4, [2]);

  const second = open();
  second.open(4);

  expect(await staleIn(second)).toEqual([2]);
});

test('everything is stale when there is a commit of which nothing was told here', async () => {
  const open = lives();
  const first = open();
  first.open(3);
  await first.rows.keep([query(1), query(2)], []);

  const second = open();
  second.open(4);
  expect(await staleIn(second)).toEqual([1, 2]);

  await second.rows.keep([query(1)], []);
  const third = open();
  third.open(4);
  expect(await staleIn(third)).toEqual([2]);
});

test('commits before anything was kept do not matter', async () => {
  const open = lives();
  const first = open();
  first.open(3);
  first.committed(4, []);
  await first.rows.keep([query(1)], []);

  const second = open();
  second.open(4);

  expect(await staleIn(second)).toEqual([]);
});
