/** Changes of the schema, as the author of an app goes through them. The platform is the real one, in workerd. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DevServer } from './dev-server.ts';

let folder: string;
let server: DevServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bb-migrate-'));
  server = await DevServer.start(folder);
});

afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const schema = (table: string): string => `import { defineSchema, defineTable, v } from '@betterbase/core';
export default defineSchema({ ${table} });
`;
const functions = (table: string): string => `import { mutation, query } from '../_generated/server';
export const list = query((ctx) => ctx.db.query('${table}').collect());
export const add = mutation(async (ctx, args) => ctx.db.insert('${table}', args));
`;

/** Saves files that belong together, the schema last; bb dev may try what is between. */
async function save(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) await writeFile(join(server.app, 'betterbase', path), text);
}

test('a schema goes through renames, defaults, a migration, a loss that is agreed to, and back', async () => {
  await server.bb('run', 'mutations/todos:add', '{"text":"Water the plants"}');
  for (const old of ['mutations/todos.ts', 'queries/todos.ts', 'actions/todos.ts', 'http.ts'])
    await rm(join(server.app, 'betterbase', old));
  await save({
    'queries/tasks.ts': functions('tasks'),
    'schema.ts': schema(
      "tasks: defineTable({ title: v.string().renamedFrom('text'), done: v.boolean(), points: v.number().default(1) }).renamedFrom('todos').index('by_done', ['done'])",
    ),
  });
  await server.next(
    /→ table tasks, was todos \(1 document\)\n.*→ field tasks\.title, was text \(1 document\)\n.*\+ field tasks\.points \(1 document\)/,
  );
  expect(await server.call('query', 'queries/tasks:list')).toMatchObject({ value: [{ title: 'Water the plants', points: 1 }] });
  expect(await server.bb('migrate', 'preview')).toMatchObject({ code: 0, out: 'The schema is up to date.\n' });

  await mkdir(join(server.app, 'betterbase/migrations'));
  await save({
    'migrations/001_words.ts':
      "import { defineMigration } from '@betterbase/core';\nexport default defineMigration({ table: 'tasks', migrate: ({ title }) => ({ words: title.split(' ') }) });\n",
    'schema.ts': schema(
      "tasks: defineTable({ words: v.array(v.string()), done: v.boolean(), points: v.number() }).index('by_done', ['done'])",
    ),
  });
  await server.next(/deployment\/needs-consent/);

  const preview = await server.bb('iac', 'diff', '--exit-code');
  expect(preview.code).toBe(1);
  expect(preview.out).toContain('+ field tasks.words\n- field tasks.title (1 document)\n! migration tasks.001_words (1 document)\n');
  const refused = await server.bb('migrate');
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('field `tasks.title` leaves 1 document');
  const told = JSON.parse((await server.bb('deploy', '--json')).out) as { error: { code: string; details: { consent: string } } };
  expect(told.error).toMatchObject({ code: 'deployment/needs-consent', details: { consent: expect.stringMatching(/^[0-9a-f]{16}$/) } });
  expect(await server.call('query', 'queries/tasks:list')).toMatchObject({ value: [{ title: 'Water the plants' }] });

  const agreed = await server.bb('iac', 'sync', '--allow-destructive', '--message', 'words');
  expect(agreed).toMatchObject({ code: 0, err: '' });
  const { value } = await server.call('query', 'queries/tasks:list');
  expect(value).toMatchObject([{ words: ['Water', 'the', 'plants'], done: false, points: 1 }]);
  expect(value[0]).not.toHaveProperty('title');

  const { out } = await server.bb('migrate', 'history', '--json');
  const history = JSON.parse(out) as { deployments: { id: string; message: string | null }[]; migrations: unknown[] };
  expect(history.deployments[0]).toMatchObject({
    state: 'active',
    message: 'words',
    by: expect.any(String),
    milliseconds: expect.any(Number),
  });
  expect(history.migrations).toMatchObject([{ name: '001_words', table: 'tasks', documents: 1 }]);
  expect((await server.bb('migrate', 'history')).out).toMatch(/active {4}.*words\n {4}\+ field tasks\.words/);

  const back = await server.bb('migrate', 'rollback');
  expect(back.code).toBe(1);
  expect(back.err).toContain('field `tasks.words` leaves 1 document');
  const without = await server.bb('migrate', 'rollback', '--allow-destructive');
  expect(without).toMatchObject({ code: 1, err: expect.stringContaining('schema/documents-break-it') });
  expect(await server.bb('migrate', 'rollback', 'nothing')).toMatchObject({
    code: 1,
    err: expect.stringContaining('deployment/not-found'),
  });
  expect(await server.bb('migrate', 'rollback', '--steps', '99')).toMatchObject({ code: 1 });
});

test('help says what there is', async () => {
  for (const args of [
    ['migrate'],
    ['migrate', 'preview'],
    ['migrate', 'rollback'],
    ['migrate', 'history'],
    ['iac'],
    ['iac', 'diff'],
    ['iac', 'sync'],
    ['iac', 'generate'],
  ]) {
    const { code, out } = await server.bb(...args, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: bb ${args.join(' ')}`);
  }
});
