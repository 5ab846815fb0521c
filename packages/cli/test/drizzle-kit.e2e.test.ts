/** drizzle-kit itself, on the databases that `bb dev` stands in for. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { DevServer } from './dev-server.ts';

const root = join(import.meta.dirname, '../../..');

/** Every kind of column and of index. */
const schema = `import { defineSchema, defineTable, v } from '@betterbase/core';
export default defineSchema({
  things: defineTable({
    text: v.string(),
    number: v.number(),
    flag: v.boolean(),
    big: v.int64(),
    bytes: v.bytes(),
    place: v.vector(2),
    list: v.array(v.string()),
    maybe: v.optional(v.string()),
    class: v.id('class'),
    xmin: v.string(),
  })
    .index('by_flag', ['flag', 'text'])
    .index('by_number', ['number'])
    .uniqueIndex('by_xmin', ['xmin'])
    .searchIndex('search_text', { searchField: 'text' })
    .vectorIndex('by_place', { vectorField: 'place', dimensions: 2 }),
  class: defineTable({ name: v.string() }).uniqueIndex('by_name', ['name']),
});
`;

test.each(['turso', 'neon'])('drizzle-kit finds that what bb iac drizzle has written is what is in %s, and pulls it', async (provider) => {
  // Where drizzle-kit and Drizzle are found.
  await mkdir(join(root, '.artifacts'), { recursive: true });
  const folder = await mkdtemp(join(root, '.artifacts', 'kit-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  const server = await DevServer.start(folder, ['--provider', provider, '--template', 'minimal']);
  onTestFinished(() => server.kill());
  await server.save('betterbase/schema.ts', schema.replace('things', 'notes'));
  await server.save('betterbase/schema.ts', schema);
  const env = await standInOf(server);
  const kit = (...args: string[]) => drizzleKit(server.app, args, env);

  const written = await server.bb('iac', 'drizzle');
  const compared = await kit('push', '--strict', '--verbose');
  const pulled = await kit('pull');

  expect(written).toMatchObject({ code: 0, out: expect.stringContaining(Object.keys(env).join(', ')) });
  expect(pulled).toContain('2  tables fetched');
  expect(compared).toContain('No changes detected');
  expect(await kit('check')).toContain("Everything's fine");
  expect(await server.bb('iac', 'drizzle')).toMatchObject({ code: 0, out: expect.stringContaining('up to date') });
});

/** Where `bb dev` says that other programs find its stand-in. */
async function standInOf({ app, output }: DevServer): Promise<Readonly<Record<string, string>>> {
  const { port, secret }: { readonly port: number; readonly secret: string } = JSON.parse(
    await readFile(join(app, '.betterbase/stand-ins/my-app.json'), 'utf8'),
  );
  const postgres = /no account needed: (postgresql:\S+)/.exec(output)?.[1];
  return postgres === undefined ? { TURSO_URL: `http://127.0.0.1:${port}`, TURSO_AUTH_TOKEN: secret } : { DATABASE_URL: postgres };
}

/** All that it prints. */
async function drizzleKit(cwd: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const program = join(root, 'node_modules/drizzle-kit/bin.cjs');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, CI: '1', ...env },
  });
  return stdout + stderr;
}
