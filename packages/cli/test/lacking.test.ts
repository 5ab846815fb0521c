import { expect, test } from 'vitest';
import { bundleApp } from '../src/bundle/app-bundler.ts';
import { folderWith } from './folder.ts';

const neon = "{ type: 'neon', connectionString: { env: 'DATABASE_URL' } }";

function appWith(provider: string, code: string): Promise<string> {
  return folderWith({
    'betterbase.config.ts': `export default { project: { name: 'chat' }, provider: ${provider} };`,
    'betterbase/notes.ts': `import { query } from './_generated/server';
/* ctx.db.execute is only spoken of here */
${code}
`,
  });
}

const asking = `export const total = query({
  args: {},
  handler: async (ctx) => await ctx.db.execute('SELECT 1'),
});`;

test('an app that asks for what its database cannot do is refused with the place in its code, before anything is sent', async () => {
  const refused = bundleApp(await appWith(neon, asking));

  await expect(refused).rejects.toMatchObject({
    code: 'provider/cannot',
    message: expect.stringMatching(/^`ctx\.db\.execute` cannot be had over neon: .*\(betterbase\/notes\.ts:5:\d+\)$/),
    hint: expect.stringContaining('docs/capabilities.md'),
    details: { problems: [{ file: 'betterbase/notes.ts', line: 5, frame: expect.stringContaining('> 5 |') }] },
  });
});

test('every place is named', async () => {
  const twice = `${asking}\n${asking.replace('total', 'other')}`;

  await expect(bundleApp(await appWith(neon, twice))).rejects.toMatchObject({
    message: expect.stringMatching(/And 1 more\.$/),
    details: { problems: [{ line: 5 }, { line: 9 }] },
  });
});

test.each([
  ["{ type: 'embedded' }", asking],
  ["{ type: 'd1' }", asking],
  [neon, 'export const total = query({ args: {}, handler: () => "ctx.db.execute()" });'],
  [neon, 'const pool = { db: { execute: () => 1 } };\nexport const total = query({ args: {}, handler: () => pool.db.execute() });'],
])('over %s this is not: %s', async (provider, code) => {
  await expect(bundleApp(await appWith(provider, code))).resolves.toMatchObject({ app: expect.stringContaining('total') });
});
