import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bb } from './bb.ts';
import { folderWith } from './folder.ts';

const files = {
  'package.json': JSON.stringify({
    name: 'my-app',
    scripts: { dev: 'npm-run-all --parallel dev:*', 'dev:backend': 'convex dev', deploy: 'npx convex deploy --cmd "npm run build"' },
    dependencies: { convex: '1.45.0' },
  }),
  '.gitignore': 'node_modules',
  '.env.local': 'CONVEX_DEPLOYMENT=dev:happy-otter-1\nVITE_CONVEX_URL=https://happy-otter-1.convex.cloud\n',
  'convex.json': '{"functions":"src/convex/"}',
  'src/convex/schema.ts': `import { defineSchema, defineTable } from 'convex/server';
import { v } from 'convex/values';
export default defineSchema({ messages: defineTable({ body: v.string(), image: v.optional(v.id('_storage')) }) });
`,
  'src/convex/messages.ts': `import { query } from './_generated/server';
export const list = query({ args: {}, handler: async (ctx) => {
  const key = process.env.OPENAI_KEY;
  return await ctx.storage.getUrl(key);
} });
`,
  'src/convex/mail.ts': `'use node';\nimport { action } from './_generated/server';\nexport const send = action({ args: {}, handler: async () => null });\n`,
  'src/convex/convex.config.ts': `import { defineApp } from 'convex/server';\nimport limiter from '@convex-dev/rate-limiter/convex.config';\nconst app = defineApp();\napp.use(limiter);\nexport default app;\n`,
};

test('a Convex project becomes a BetterBase project, its functions untouched, and what will not work is named', async () => {
  const folder = await folderWith(files);
  const { out, code, err } = await bb(['migrate', 'from-convex', folder, '--json'], { cwd: folder });

  expect(err).toBe('');
  const report = JSON.parse(out);
  expect(report).toMatchObject({
    event: 'migrated',
    project: 'my-app',
    environment: ['OPENAI_KEY'],
    addresses: [{ file: '.env.local', name: 'VITE_CONVEX_URL' }],
    imported: null,
  });
  expect(out).not.toContain('happy-otter');
  const places = Object.fromEntries(report.uses.map((use: { what: string; places: string[] }) => [use.what, use.places]));
  expect(places).toEqual({
    components: ['src/convex/convex.config.ts:2', 'src/convex/convex.config.ts:3'],
    '"use node"': ['src/convex/mail.ts:1'],
    'file storage': ['src/convex/messages.ts:4', 'src/convex/schema.ts:3'],
  });
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  expect(manifest.scripts).toEqual({
    dev: 'npm-run-all --parallel dev:*',
    'dev:backend': 'bb dev',
    deploy: 'bb deploy --cmd "npm run build"',
  });
  expect(Object.keys(manifest.dependencies)).toEqual(['convex', '@betterbase/core', '@betterbase/client']);
  expect(Object.keys(manifest.devDependencies)).toEqual(['@betterbase/cli']);
  expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('node_modules\n.betterbase/\n.betterbase-context.json\n');
  expect(await readFile(join(folder, 'betterbase.config.ts'), 'utf8')).toContain('name: "my-app"');
  expect(await readFile(join(folder, 'src/convex/messages.ts'), 'utf8')).toBe(files['src/convex/messages.ts']);
  expect(code === 0).toBe(report.problem === null);

  const again = JSON.parse((await bb(['migrate', 'from-convex', folder, '--json'], { cwd: folder })).out);
  expect(again.changes).toEqual([]);
});

test('what is no Convex project, and a snapshot that is not there, are refused', async () => {
  const own = await folderWith({ 'betterbase/schema.ts': 'export default null;\n' });
  expect((await bb(['migrate', 'from-convex', own], { cwd: own })).err).toContain('BetterBase app already');
  const folder = await folderWith(files);
  const refused = await bb(['migrate', 'from-convex', folder, 'none.zip'], { cwd: folder });
  expect(refused).toMatchObject({ code: 2 });
  await expect(readFile(join(folder, 'betterbase.config.ts'))).rejects.toThrow('ENOENT');
});
