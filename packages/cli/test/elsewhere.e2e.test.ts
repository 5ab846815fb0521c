/** A new app for each provider, as somebody without any account lives with it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DevServer } from './dev-server.ts';

const schema = `import { defineSchema, defineTable, v } from '@betterbase/core';
export default defineSchema({
  notes: defineTable({ text: v.string(), stars: v.optional(v.number()) }).index('by_stars', ['stars']),
});
`;
const without = schema.replace(', stars: v.optional(v.number())', '').replace(".index('by_stars', ['stars'])", '');
const rating = `import { v } from '@betterbase/core';
import { mutation } from './_generated/server';
export const rate = mutation({
  args: { id: v.id('notes'), stars: v.number() },
  handler: (ctx, { id, stars }) => ctx.db.patch(id, { stars }),
});
`;

test.each(['d1', 'turso', 'neon', 'postgres'])(
  'an app in %s is served without an account, synced, and keeps its documents',
  async (provider) => {
    const folder = await mkdtemp(join(tmpdir(), `bb-${provider}-`));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
    const app = await DevServer.start(folder, ['--provider', provider, '--template', 'minimal']);
    onTestFinished(() => app.kill());

    expect(app.output).toMatch(new RegExp(`^✔ ${provider}: a database on this machine, no account needed: `, 'm'));
    const { value: id } = await app.call('mutation', 'notes:add', { text: 'Water the plants' });
    await app.save('betterbase/schema.ts', schema);
    await app.save('betterbase/rating.ts', rating);
    await app.call('mutation', 'rating:rate', { id, stars: 5 });
    await rm(join(app.app, 'betterbase/rating.ts'));
    await app.next(/deployed in/);

    await writeFile(join(app.app, 'betterbase/schema.ts'), without);
    await app.next(/deployment\/needs-consent/);
    const difference = await app.bb('iac', 'diff', '--exit-code');
    const synced = await app.bb('iac', 'sync', '--allow-destructive');
    await app.restart();

    expect(difference).toMatchObject({ code: 1, out: expect.stringContaining('stars') });
    expect(synced).toMatchObject({ code: 0, out: expect.stringContaining('✔ deployed') });
    expect((await app.call('query', 'notes:list')).value).toEqual([
      { _id: id, _creationTime: expect.any(Number), text: 'Water the plants' },
    ]);
    expect(await app.bb('provider', 'check')).toMatchObject({ code: 0, out: expect.stringContaining(`✔ ${provider}`) });
  },
);
