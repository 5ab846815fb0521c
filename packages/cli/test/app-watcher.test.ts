import { readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { AppWatcher } from '../src/dev/app-watcher.ts';
import { findApp } from '../src/workspace/app-folder.ts';
import { folderWith } from './folder.ts';

test.for([5, 20, 35, 45, 60, 100])('a second write %i ms after the first is seen', async (gap) => {
  const { file, seen } = await watched();
  await writeFile(file, 'first');
  await sleep(gap);
  await writeFile(file, 'second');

  await expect.poll(() => seen.at(-1), { timeout: 2000 }).toBe('second');
});

test('a file saved by moving another in its place is seen, again and again', async () => {
  const { file, folder, seen } = await watched();

  for (const text of ['one', 'two', 'three']) {
    await writeFile(join(folder, 'draft'), text);
    await rename(join(folder, 'draft'), file);
    await expect.poll(() => seen.at(-1), { timeout: 2000 }).toBe(text);
  }
});

test('new folders are watched, and removed files are news', async () => {
  const { folder, file, seen } = await watched();

  await mkdir(join(folder, 'betterbase/more'));
  await sleep(100);
  const before = seen.length;
  await writeFile(join(folder, 'betterbase/more/b.ts'), 'b');
  await expect.poll(() => seen.length, { timeout: 2000 }).toBeGreaterThan(before);

  await rm(file);
  await expect.poll(() => seen.at(-1), { timeout: 2000 }).toBe('');
});

test('several changes at once are one', async () => {
  const { folder, seen } = await watched();

  await Promise.all(['a', 'b', 'c', 'd'].map((name) => writeFile(join(folder, `betterbase/${name}.ts`), name)));
  await sleep(300);

  expect(seen.length).toBeLessThanOrEqual(2);
});

test("generated files are nobody's change", async () => {
  const { folder, seen } = await watched();

  await writeFile(join(folder, 'betterbase/_generated/api.d.ts'), 'generated');
  await sleep(200);

  expect(seen).toEqual([]);
});

test('files outside of the betterbase folder are watched once they are part of the bundle, and their neighbours are not', async () => {
  const { folder, seen, watcher } = await watched();
  await mkdir(join(folder, 'shared'));
  await writeFile(join(folder, 'shared/used.ts'), '1');
  watcher.alsoWatch(['betterbase/a.ts', 'shared/used.ts', 'node_modules/x/index.js']);

  await writeFile(join(folder, 'shared/other.ts'), '1');
  await sleep(150);
  expect(seen).toEqual([]);

  await writeFile(join(folder, 'shared/used.ts'), '2');
  await expect.poll(() => seen.length, { timeout: 2000 }).toBeGreaterThan(0);
});

test('after closing nothing is told', async () => {
  const { file, seen, watcher } = await watched();

  await writeFile(file, 'late');
  watcher.close();
  await sleep(150);

  expect(seen).toEqual([]);
});

async function watched() {
  const folder = await folderWith({ 'betterbase/a.ts': 'zero', 'betterbase/_generated/api.d.ts': '' });
  const file = join(folder, 'betterbase/a.ts');
  const seen: string[] = [];
  const read = (): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  const watcher = new AppWatcher(await findApp(folder), () => seen.push(read()));
  onTestFinished(() => watcher.close());
  return { folder, file, seen, watcher };
}
