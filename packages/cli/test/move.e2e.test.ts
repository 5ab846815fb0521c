/** `bb iac export` and `import` against a `bb dev` with its own process. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bb, type Ended } from './bb.ts';
import { DevServer } from './dev-server.ts';

let folder: string;
let server: DevServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'betterbase-move-'));
  server = await DevServer.start(folder);
}, 120_000);
afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true });
});

const run = (...args: string[]): Promise<Ended> => bb(args, { cwd: server.app });
const list = async (): Promise<{ _id: string; text: string }[]> => JSON.parse((await run('run', 'queries/todos:list', '--json')).out).value;

test('documents go out and come back, in every format, with their ids', async () => {
  for (const text of ['Water, the "plants"', 'Ünïcödé 🦄']) await run('run', 'mutations/todos:add', JSON.stringify({ text }));
  const before = await list();
  expect(before).toHaveLength(2);

  for (const file of ['all.zip', 'todos.jsonl', 'todos.json', 'todos.csv']) {
    const one = file === 'all.zip' ? [] : ['--table', 'todos'];
    expect(await run('iac', 'export', '-o', file, ...one)).toMatchObject({ code: 0 });
    const imported = await run('iac', 'import', file, '--replace', '--json');
    expect(JSON.parse(imported.out)).toMatchObject({
      event: 'imported',
      documents: 2,
      tables: [{ table: 'todos', inserted: 2, deleted: 2 }],
    });
    expect(await list()).toEqual(before);
  }
  expect((await run('iac', 'export', '-t', 'todos', '-f', 'jsonl', '-o', '-')).out.trimEnd().split('\n')).toHaveLength(2);
  expect((await run('iac', 'export', '-f', 'csv', '-o', 'folder')).code).toBe(0);
  expect((await readFile(join(server.app, 'folder/todos.csv'), 'utf8')).split('\n')[0]).toContain('_id,_creationTime');
  expect((await run('iac', 'import', 'folder', '--upsert', '--json')).out).toContain('"replaced":2');
  expect(await list()).toEqual(before);
}, 120_000);

test('what cannot be imported is refused with its line, and nothing of it is kept', async () => {
  const before = await list();
  expect((await run('iac', 'import', 'todos.jsonl')).err).toContain('import/table-not-empty');
  await writeFile(join(server.app, 'bad.csv'), 'text,nonsense\n"over\ntwo lines",1\n');
  const refused = await run('iac', 'import', 'bad.csv', '-t', 'todos', '--append');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('`todos`, line 2');
  expect((await run('iac', 'import', 'all.zip', '--replace', '--dry-run')).err).toContain('Could be imported');
  expect((await run('iac', 'import', 'none.zip')).code).toBe(2);
  expect((await run('iac', 'import', 'all.zip', '--append', '--replace')).code).toBe(2);
  expect((await run('iac', 'export', '-t', 'nothing')).err).toContain('table/not-found');
  expect(await list()).toEqual(before);
}, 120_000);
