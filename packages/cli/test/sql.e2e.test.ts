/** SQL, Drizzle and the analysis of reads, in the real platform: the app's functions run in a sandbox of workerd. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createClient } from '@betterbase/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { DevServer } from './dev-server.ts';

let folder: string;
let server: DevServer;

beforeAll(async () => {
  // Beside the packages, so that drizzle-orm is found.
  const parent = join(import.meta.dirname, '../../../.artifacts');
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'bb-sql-'));
  server = await DevServer.start(folder);
});

afterAll(async () => {
  await server.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

const notes = `import { v } from '@betterbase/core';
import { eq } from 'drizzle-orm';
import { todos } from './_generated/drizzle';
import { mutation, query } from './_generated/server';

export const write = mutation({ args: { sql: v.string(), params: v.array(v.any()) }, handler: async (ctx, { sql, params }) => [...(await ctx.db.execute(sql, params))] });
export const open = query({ args: {}, handler: async (ctx) => await ctx.db.drizzle.select({ text: todos.text, done: todos.done }).from(todos).where(eq(todos.done, false)) });
export const finish = mutation({ args: { text: v.string() }, handler: async (ctx, { text }) => await ctx.db.drizzle.update(todos).set({ done: true }).where(eq(todos.text, text)).returning({ id: todos._id }) });
export const filtered = query({ args: {}, handler: async (ctx) => await ctx.db.query('todos').filter((q) => q.eq(q.field('text'), 'b')).collect() });
export const one = query({ args: { id: v.id('todos') }, handler: async (ctx, { id }) => await ctx.db.get(id) });
`;

test('what SQL and Drizzle write is seen by those who watch, and bb iac analyze says how it is read', async () => {
  await writeFile(join(server.app, 'betterbase/notes.ts'), notes);
  await server.next(/deployed/i);
  const write = async (sql: string): Promise<unknown> => (await server.call('mutation', 'notes:write', { sql, params: [] })).value;

  expect(await write("INSERT INTO todos (text, done) VALUES ('a', 0), ('b', 0) RETURNING text")).toEqual([{ text: 'a' }, { text: 'b' }]);
  expect((await server.call('query', 'notes:open')).value).toEqual([
    { text: 'a', done: false },
    { text: 'b', done: false },
  ]);
  const seen: unknown[] = [];
  const client = createClient({ url: server.url });
  client.watch('notes:open', {}, (value) => seen.push(value));
  await vi.waitFor(() => expect(seen).toHaveLength(1), 10_000);
  expect((await server.call('mutation', 'notes:finish', { text: 'a' })).value).toHaveLength(1);
  await vi.waitFor(() => expect(seen.at(-1)).toEqual([{ text: 'b', done: false }]), 10_000);
  await write("UPDATE todos SET text = 'c', done = 0");
  await vi.waitFor(
    () =>
      expect(seen.at(-1)).toEqual([
        { text: 'c', done: false },
        { text: 'c', done: false },
      ]),
    10_000,
  );
  await write("UPDATE todos SET text = 'b' WHERE _id = (SELECT max(_id) FROM todos)");
  client.close();

  const all = await server.bb('iac', 'analyze');
  expect(all).toMatchObject({ code: 0, err: '' });
  expect(all.out).toContain('notes:filtered  ok  2 rows read, 1 wanted');
  expect(all.out).toContain('keeps 1 that pass the filter on `text`');
  expect(all.out).toContain('notes:one  needs `id`');
  expect(all.out).toContain('For schema.ts:');
  expect(all.out).toContain("  todos: .index('by_text', ['text'])");
  const [{ analysis }] = JSON.parse(
    (await server.bb('iac', 'analyze', '--json', '--sql', 'SELECT text FROM todos WHERE text = ?', '--params', '["b"]')).out,
  ) as [{ analysis: unknown }];
  expect(analysis).toMatchObject({
    fullScans: ['todos'],
    rowsRead: 2,
    rowsReturned: 1,
    suggestedIndexes: ["todos: .index('by_text', ['text'])"],
  });
  expect(await server.bb('iac', 'analyze', 'notes:nothing')).toMatchObject({ code: 1, err: expect.stringContaining('function/not-found') });
  expect(await server.bb('iac', 'analyze', 'notes:one', '--args', '[]')).toMatchObject({ err: expect.stringContaining('no JSON object') });
});
