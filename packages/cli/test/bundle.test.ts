import { isBetterBaseError } from '@betterbase/core';
import { expect, test } from 'vitest';
import { readManifest } from '../src/codegen/read-manifest.ts';
import { bundleApp, createAppBundler, findApp } from '../src/index.ts';
import { sortModules } from '../src/bundle/function-modules.ts';
import { addFiles, folderWith } from './folder.ts';

const list = "import { query } from '../_generated/server';\nexport const list = query({ args: {}, handler: () => [] });\n";

test('the bundle exports every function module under its path, with all of its exports', async () => {
  const folder = await folderWith({
    'betterbase/queries/todos.ts': `${list}export const unused = 1;\n`,
    'betterbase/messages.ts': "export default 'whole module';\n",
    'betterbase/_lib/text.ts': 'export const text = 1;\n',
    'betterbase/queries/todos.test.ts': 'throw new Error();\n',
  });

  const { app } = await bundleApp(folder);

  expect(await load(app)).toEqual({
    modules: { messages: { default: 'whole module' }, 'queries/todos': { list: { args: {}, handler: expect.any(Function) }, unused: 1 } },
    schema: null,
    http: null,
  });
});

test('the language comes from the runtime, whichever way it is imported', async () => {
  const folder = await folderWith({
    'betterbase/queries/a.ts': list,
    'betterbase/queries/b.ts':
      "import { v } from '@betterbase/core';\nimport { api } from '../_generated/api.js';\nexport const pair = [v, api];\n",
  });

  const { app } = await bundleApp(folder);

  expect(new Set(importsOf(app))).toEqual(new Set(['./runtime.js']));
});

test('auth.config.ts says whose tokens callers may show, perhaps by values that only the project has', async () => {
  const folder = await folderWith({
    'betterbase/queries/a.ts': list,
    'betterbase/auth.config.ts': "export default { providers: [{ domain: process.env['ISSUER'], applicationID: 'shop' }] };",
  });

  const { app } = await bundleApp(folder);

  expect(await load(app)).toMatchObject({ auth: { providers: [{ applicationID: 'shop' }] } });
  expect(await readManifest(app)).toMatchObject({ functions: [{ path: 'queries/a:list' }] });
});

test('policy files are read where the app is bundled, and go along parsed, as data', async () => {
  const folder = await folderWith({
    'betterbase/queries/a.ts': list,
    'betterbase/policies/_rules.ts': "export const own = 'auth.uid() = owner';",
    'betterbase/policies/notes.policy.ts':
      "import { definePolicy } from '@betterbase/core';\nimport { own } from './_rules.ts';\nexport default definePolicy('notes', { select: own });",
    'src/db/policies/tasks.policy.ts':
      "import { definePolicy } from '@betterbase/core';\nexport default definePolicy('tasks', { delete: false });",
  });

  const { app, inputs } = await bundleApp(folder);

  expect(await load(app)).toMatchObject({
    modules: { 'queries/a': {} },
    policies: [
      {
        file: 'betterbase/policies/notes.policy.ts',
        table: 'notes',
        rules: { select: { text: 'auth.uid() = owner', tree: { type: 'compare' } } },
      },
      { file: 'src/db/policies/tasks.policy.ts', table: 'tasks' },
    ],
  });
  expect(inputs).toContain('betterbase/policies/notes.policy.ts');
});

test.each([
  ["export default definePolicy('notes', { select: 'owner = = 1' });", 'line 1, column 9'],
  ["export default definePolicy('notes', { read: 'true' });", '`read`, which means nothing'],
  ["export const own = definePolicy('notes', {});", 'no policy'],
  ['export default nowhere;', 'nowhere is not defined'],
])('a policy file that is no good is named: %s', async (text, problem) => {
  const folder = await folderWith({
    'betterbase/policies/notes.policy.ts': `import { definePolicy } from '@betterbase/core';\n${text}`,
  });

  await expect(bundleApp(folder)).rejects.toMatchObject({ code: 'policy/invalid', message: expect.stringContaining(problem) });
});

test('schema and routes are the default exports of their files', async () => {
  const folder = await folderWith({
    'betterbase/schema.ts': "export default 'the schema';",
    'betterbase/http.ts': "export default 'the routes';",
  });

  const { app } = await bundleApp(folder);

  expect(await load(app)).toEqual({ modules: {}, schema: 'the schema', http: 'the routes' });
});

test('cron jobs come out of crons.ts or cron.ts, which may have functions too', async () => {
  const exporting = await bundleApp(
    await folderWith({ 'betterbase/crons.ts': 'export const own = 1;\nexport default { isCrons: true };\n' }),
  );
  const adding = await bundleApp(
    await folderWith({ 'betterbase/cron.ts': "import { cron } from '@betterbase/core';\ncron('nightly', '0 3 * * *', 'a:b', {});\n" }),
  );

  for (const { app } of [exporting, adding]) expect(app).toMatch(/crons = .*cronsOf\(/);
  expect(exporting.app).toContain('own');
});

test('a schema without a default export is refused with what to write', async () => {
  const folder = await folderWith({ 'betterbase/schema.ts': 'export const schema = 1;' });

  await expect(bundleApp(folder)).rejects.toMatchObject({
    code: 'bundle/bad-code',
    message: expect.stringContaining('betterbase/schema.ts has no default export. Write `export default defineSchema({ … })` in it.'),
  });
});

test('JSON, npm packages and plain JavaScript may be imported', async () => {
  const folder = await folderWith({
    'betterbase/queries/a.ts':
      "import data from './data.json' with { type: 'json' };\nimport { twice } from 'twice';\nimport { one } from '../_one.js';\nexport const all = [data.name, twice(2), one];\n",
    'betterbase/queries/data.json': '{ "name": "json" }',
    'betterbase/_one.js': 'export const one = 1;',
    'node_modules/twice/package.json': '{ "name": "twice", "main": "index.js" }',
    'node_modules/twice/index.js': 'exports.twice = (n) => n * 2;',
  });

  const { app } = await bundleApp(folder);

  expect(await load(app)).toMatchObject({ modules: { 'queries/a': { all: ['json', 4, 1] } } });
});

test('a syntax error is shown with its file, line and a frame', async () => {
  const folder = await folderWith({ 'betterbase/queries/a.ts': 'export const fine = 1;\nexport const bad = {;\n' });

  const error = await failure(bundleApp(folder));

  expect(error.code).toBe('bundle/bad-code');
  expect(error.message).toContain('(betterbase/queries/a.ts:2:21)');
  expect(error.details).toMatchObject({ problems: [{ file: 'betterbase/queries/a.ts', line: 2, column: 21 }] });
  expect(JSON.stringify(error.details)).toContain('> 2 | export const bad = {;\\n    |                     ^');
});

test('an import that does not resolve is named', async () => {
  const folder = await folderWith({
    'betterbase/queries/a.ts': "import { x } from './nowhere';\nimport 'no-such-package';\nexport const y = x;\n",
  });

  const error = await failure(bundleApp(folder));

  expect(error.code).toBe('bundle/unresolved-import');
  expect(error.message).toContain('Could not resolve "./nowhere" (betterbase/queries/a.ts:1:19)');
  expect(JSON.stringify(error.details)).toContain('no-such-package');
});

test.for(['node:sqlite', 'node:nothing'])('importing %s is refused with the reason', async (name) => {
  const folder = await folderWith({ 'betterbase/queries/a.ts': `import * as it from '${name}';\nexport const x = it;\n` });

  const error = await failure(bundleApp(folder));

  expect(error.code).toBe('bundle/node-import');
  expect(error.message).toContain(`"${name}" is a module of Node that the platform does not have. (betterbase/queries/a.ts:1:21)`);
});

test('a package that needs Node is named', async () => {
  const folder = await folderWith({
    'betterbase/queries/a.ts': "export { x } from 'reads-files';\n",
    'node_modules/reads-files/index.js': "import sqlite from 'node:sqlite';\nexport const x = sqlite;",
  });

  await expect(bundleApp(folder)).rejects.toMatchObject({
    message: expect.stringContaining('"node:sqlite", needed by the package "reads-files", is a module of Node'),
  });
});

test('a bundle over the limit is refused', async () => {
  const folder = await folderWith({ 'betterbase/queries/a.ts': `export const big = ${JSON.stringify('x'.repeat(8 * 1024 * 1024))};` });

  await expect(bundleApp(folder)).rejects.toMatchObject({ code: 'deployment/too-large' });
});

test('the limits of the configuration go along, as they are now, and nothing else of it', async () => {
  const config = (limits: string) => `export default { project: { name: 'secret' }, limits: ${limits} };`;
  const folder = await folderWith({ 'betterbase/queries/a.ts': list, 'betterbase.config.ts': config('{ documentsRead: 5 }') });
  const bundler = await createAppBundler(await findApp(folder));
  try {
    const { app, inputs } = await bundler.build();
    expect(await load(app)).toMatchObject({ limits: { documentsRead: 5 } });
    expect(app).not.toContain('secret');
    expect(inputs).toContain('betterbase.config.ts');

    await addFiles(folder, { 'betterbase.config.ts': config('{ documentsRead: 77 }') });
    expect(await load((await bundler.build()).app)).toMatchObject({ limits: { documentsRead: 77 } });

    await addFiles(folder, { 'betterbase.config.ts': config('{ documentsRed: 77 }') });
    await expect(bundler.build()).rejects.toMatchObject({
      code: 'config/invalid',
      message: expect.stringContaining('limits.documentsRed'),
    });
  } finally {
    await bundler.dispose();
  }
});

test('where documents rest goes beside the code, with the names of values', async () => {
  const config = (provider: string) => `export default { project: { name: 'chat' }, provider: ${provider} };`;
  const folder = await folderWith({ 'betterbase/queries/a.ts': list });
  expect((await bundleApp(folder)).provider).toEqual({ type: 'embedded' });

  await addFiles(folder, { 'betterbase.config.ts': config("{ type: 'neon', connectionString: { env: 'DATABASE_URL' } }") });
  const { provider, app } = await bundleApp(folder);
  expect(provider).toEqual({ type: 'neon', connectionString: { env: 'DATABASE_URL' } });
  expect(app).not.toContain('DATABASE_URL');

  await addFiles(folder, { 'betterbase.config.ts': config("{ type: 'neon', connectionString: 'postgres://me:secret@db.example.com/x' }") });
  expect(await failure(bundleApp(folder))).toMatchObject({
    code: 'config/invalid',
    message: expect.stringContaining('provider.connectionString'),
    hint: expect.stringContaining('bb env set'),
  });
});

test('two files that are the same module are refused', () => {
  const { functions, problems } = sortModules(['todos.js', 'todos.ts']);

  expect(functions).toEqual([{ path: 'todos', file: 'todos.js' }]);
  expect(problems).toEqual([{ file: 'todos.ts', text: 'Two files are the module "todos". Rename one of them.' }]);
});

test('a file whose name cannot be a path is refused by name', async () => {
  const folder = await folderWith({ 'betterbase/queries/my todos.ts': 'export const x = 1;' });

  await expect(bundleApp(folder)).rejects.toMatchObject({
    code: 'bundle/bad-code',
    message: expect.stringContaining('betterbase/queries/my todos.ts'),
  });
});

test('building again sees new, changed and removed files', async () => {
  const folder = await folderWith({ 'betterbase/queries/a.ts': 'export const x = 1;' });
  const bundler = await createAppBundler(await findApp(folder));
  await bundler.build();

  await addFiles(folder, { 'betterbase/queries/a.ts': 'export const x = 2;', 'betterbase/queries/b.ts': 'export const y = 3;' });
  const { app } = await bundler.build();

  expect(await load(app)).toMatchObject({ modules: { 'queries/a': { x: 2 }, 'queries/b': { y: 3 } } });
  await bundler.dispose();
});

test('building goes on after an error', async () => {
  const folder = await folderWith({ 'betterbase/queries/a.ts': 'export const x = ;' });
  const bundler = await createAppBundler(await findApp(folder));
  await failure(bundler.build());

  await addFiles(folder, { 'betterbase/queries/a.ts': 'export const x = 2;' });

  expect(await load((await bundler.build()).app)).toMatchObject({ modules: { 'queries/a': { x: 2 } } });
  await bundler.dispose();
});

test('a folder without an app is refused', async () => {
  const folder = await folderWith({ 'readme.md': '' });

  await expect(findApp(folder)).rejects.toMatchObject({ code: 'app/not-found' });
});

/** Runs a bundle here, with builders that give back what they are given. */
async function load(app: string): Promise<unknown> {
  const names = ['v', 'anyApi', 'query', 'mutation', 'action', 'internalQuery', 'internalMutation', 'internalAction', 'httpAction'];
  const stub = `const same = (x) => x; ${names.map((name) => `export const ${name} = same;`).join(' ')}`;
  const stubUrl = `data:text/javascript,${encodeURIComponent(stub)}`;
  const namespace = await import(`data:text/javascript,${encodeURIComponent(app.replaceAll('"./runtime.js"', JSON.stringify(stubUrl)))}`);
  const { modules, schema, http, limits, auth, policies } = namespace;
  return {
    modules: Object.fromEntries(Object.entries(modules).map(([path, exports]) => [path, { ...(exports as object) }])),
    schema,
    http,
    ...(limits === undefined ? {} : { limits }),
    ...(auth === undefined ? {} : { auth }),
    ...(policies === undefined ? {} : { policies }),
  };
}

function importsOf(app: string): string[] {
  return [...app.matchAll(/from "(.+)"/g)].map((match) => match[1] ?? '');
}

async function failure(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!isBetterBaseError(error)) throw new Error(`Expected a named error, got ${String(error)}`);
  return error;
}
