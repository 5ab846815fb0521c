import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { checkoutRoot } from '../src/platform/checkout.ts';
import { bb } from './bb.ts';
import { addFiles, folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const run = promisify(execFile);
const compiler = join(checkoutRoot, 'node_modules/typescript/bin/tsc');

test.for(['iac', 'minimal'])('an app from the template %s compiles, with everything typed by its schema', async (template) => {
  const folder = await folderWith({});
  const { code } = await bb(['init', 'my-app', '--template', template, '--yes', '--no-install'], { cwd: folder });
  const app = join(folder, 'my-app');
  await link(app);

  const { stdout } = await run(process.execPath, [compiler, '-p', app]);

  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
});

test('in a new app the mistakes that types should catch are caught', async () => {
  const folder = await folderWith({});
  await bb(['init', 'my-app', '--yes', '--no-install'], { cwd: folder });
  const app = join(folder, 'my-app');
  await link(app);
  await addFiles(app, {
    'betterbase/queries/more.ts': `
import { v } from '@betterbase/core';
import { internalQuery, query } from '../_generated/server';

export const secret = internalQuery({ args: {}, handler: () => 1 });
export const text = query({
  args: { id: v.id('todos') },
  handler: async (ctx, { id }): Promise<string> => (await ctx.db.get(id))?.text ?? '',
});

// @ts-expect-error no such table
export const a = query({ args: {}, handler: (ctx) => ctx.db.query('toodos').collect() });
// @ts-expect-error no such field
export const b = query({ args: {}, handler: async (ctx) => (await ctx.db.query('todos').collect()).map((todo) => todo.txt) });
// @ts-expect-error no such index
export const c = query({ args: {}, handler: (ctx) => ctx.db.query('todos').withIndex('by_text').collect() });
`,
    'betterbase/_uses.ts': `
import type { FunctionArgs, FunctionReturnType } from '@betterbase/core';
import { api, internal } from './_generated/api';
import type { Doc, Id } from './_generated/dataModel';

const todo = '' as Id<'todos'>;
export const args: FunctionArgs<typeof api.mutations.todos.setDone> = { id: todo, done: true };
export const list: FunctionReturnType<typeof api.queries.todos.list> = [] as Doc<'todos'>[];
export const secret: number = 0 as FunctionReturnType<typeof internal.queries.more.secret>;

// @ts-expect-error no such function
export const d = api.queries.todos.lst;
// @ts-expect-error internal functions are not in api
export const e = api.queries.more.secret;
// @ts-expect-error done is missing
export const f: FunctionArgs<typeof api.mutations.todos.setDone> = { id: todo };
// @ts-expect-error a todo is no note
export const g: Id<'notes'> = todo;
`,
  });
  await bb(['codegen'], { cwd: app });

  const { stdout } = await run(process.execPath, [compiler, '-p', app]).catch((error: unknown) => error as { stdout: string });

  expect(stdout).toBe('');
});

test('a new app depends on the packages of this checkout', async () => {
  const folder = await folderWith({});
  await bb(['init', 'my-app', '--yes', '--no-install'], { cwd: folder });

  const { name, dependencies, scripts } = JSON.parse(await readFile(join(folder, 'my-app/package.json'), 'utf8'));

  expect(name).toBe('my-app');
  expect(scripts.dev).toBe('bb dev');
  expect(join(folder, 'my-app', dependencies['@betterbase/core'].replace('file:', ''))).toBe(join(checkoutRoot, 'packages/core'));
});

test('what to do next is printed, and with --json what was made', async () => {
  const folder = await folderWith({});

  expect(await bb(['init', 'one', '--yes', '--no-install'], { cwd: folder })).toMatchObject({
    out: expect.stringContaining('Next steps:\n  cd one\n  npm install\n  npm run dev\n'),
  });
  expect(JSON.parse((await bb(['init', 'two', '--json', '--no-install', '--template', 'minimal'], { cwd: folder })).out)).toMatchObject({
    folder: join(folder, 'two'),
    template: 'minimal',
    provider: 'embedded',
    installed: false,
    files: expect.arrayContaining(['betterbase/notes.ts', 'package.json']),
  });
});

test('a folder with something in it is left alone', async () => {
  const folder = await folderWith({ 'mine.txt': 'precious' });

  const { code, err } = await bb(['init', '.', '--yes'], { cwd: folder });

  expect(code).toBe(1);
  expect(err).toContain('init/folder-not-empty');
  expect(await readdir(folder)).toEqual(['mine.txt']);
});

test('without a folder and without a terminal to ask on, usage is explained', async () => {
  expect(await bb(['init'])).toMatchObject({ code: 2, err: expect.stringContaining('bb init needs a folder') });
});

/** What npm makes of the `file:` dependencies. */
async function link(app: string): Promise<void> {
  await mkdir(join(app, 'node_modules/@betterbase'), { recursive: true });
  for (const name of ['core', 'client']) await symlink(join(checkoutRoot, 'packages', name), join(app, 'node_modules/@betterbase', name));
}
