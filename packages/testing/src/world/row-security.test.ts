/** `rls` of betterbase.config.ts: whether policies are asked, and whether refusals are noted. */
import { type AnyValue, defineSchema, definePolicy, defineTable, mutation, query, v } from '@betterbase/core';
import { appManifest, type RunReport } from '@betterbase/engine';
import { parsePolicy } from '@betterbase/engine/policy-language';
import { expect, test } from 'vitest';
import { TestEngine } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({ notes: defineTable({ owner: v.string(), text: v.string() }), secrets: defineTable({ text: v.string() }) });
const policy = definePolicy('notes', {
  select: `owner = auth.uid() or owner = 'all'`,
  insert: 'owner = auth.uid()',
  update: 'owner = auth.uid()',
  delete: false,
});
const policies = [parsePolicy(policy, 'betterbase/policies/notes.policy.ts')];
const modules = {
  notes: {
    fill: mutation({
      args: {},
      handler: async ({ db }: AnyValue) => [
        await db.insert('notes', { owner: 'ada', text: 'the content' }),
        await db.insert('notes', { owner: 'all', text: 'the content' }),
        await db.insert('secrets', { text: 'the content' }),
      ],
    }),
    texts: query({
      args: {},
      handler: async ({ db }: AnyValue) => (await db.asUser().query('notes').collect()).map(({ owner }: AnyValue) => owner),
    }),
    count: query({
      args: {},
      handler: async ({ db }: AnyValue) => [
        await db.asUser().query('notes').count(),
        (await db.asUser().execute('SELECT count(*) AS n FROM secrets'))[0].n,
      ],
    }),
    get: query({ args: { id: v.string() }, handler: async ({ db }: AnyValue, { id }) => (await db.asUser().get(id))?.text ?? null }),
    insert: mutation({
      args: { owner: v.string() },
      handler: async ({ db }: AnyValue, { owner }) => void (await db.asUser().insert('notes', { owner, text: 'the content' })),
    }),
    patch: mutation({
      args: { id: v.string(), owner: v.string() },
      handler: async ({ db }: AnyValue, { id, owner }) => void (await db.asUser().patch(id, { owner })),
    }),
    remove: mutation({ args: { id: v.string() }, handler: async ({ db }: AnyValue, { id }) => void (await db.asUser().delete(id)) }),
    caught: mutation({
      args: { times: v.number() },
      handler: async ({ db }: AnyValue, { times }) => {
        for (let at = 0; at < times; at++)
          await db
            .asUser()
            .insert('secrets', { text: 'the content' })
            .catch(() => null);
      },
    }),
  },
};

async function start(rls?: object) {
  const engine = await TestEngine.start({ app: { schema, modules, policies, ...(rls === undefined ? {} : { rls }) }, store: testStore() });
  const report = async (path: string, args: AnyValue, subject: string | null): Promise<{ outcome: AnyValue; report: RunReport }> => {
    const identity = subject === null ? null : { subject, issuer: 'test', tokenIdentifier: `test|${subject}` };
    const call = { ...engine.call(path, args), identity };
    const isQuery = ['texts', 'count', 'get'].includes(path.split(':')[1] ?? '');
    const { results } = await engine.turn([
      isQuery ? { do: 'query', query: 1, call, pinned: false } : { do: 'mutation', request: { session: null, id: call.requestId }, call },
    ]);
    const [first] = results;
    if (first?.do === 'query') return first.answer;
    if (first?.do === 'mutation') return first;
    throw new Error('It is a query or a mutation.');
  };
  const [mine = '', shared = '', secret = ''] = JSON.parse((await report('notes:fill', {}, null)).outcome.value);
  return {
    mine,
    shared,
    secret,
    value: async (path: string, args: AnyValue = {}, subject: string | null = null) => {
      const { outcome } = await report(path, args, subject);
      return outcome.ok ? JSON.parse(outcome.value) : outcome.error.code;
    },
    lines: async (path: string, args: AnyValue, subject: string | null = null) =>
      (await report(path, args, subject)).report.lines.map(({ level, text }) => `${level}: ${text}`),
  };
}

test('policies are asked unless they are turned off; then asUser() shows every row and takes every write', async () => {
  const guarded = await start({});
  expect(await guarded.value('notes:texts')).toEqual(['all']);
  expect(await guarded.value('notes:count')).toEqual([1, 0]);
  expect(await guarded.value('notes:remove', { id: guarded.shared })).toBe('policy/denied');

  const open = await start({ enabled: false });
  expect(await open.value('notes:texts')).toEqual(['ada', 'all']);
  expect(await open.value('notes:count')).toEqual([2, 1]);
  expect(await open.value('notes:get', { id: open.secret })).toBe('the content');
  expect(await open.value('notes:patch', { id: open.mine, owner: 'eve' }, 'eve')).toBeNull();
  expect(await open.value('notes:remove', { id: open.shared })).toBeNull();
});

test('policies that are turned off must still be good ones', async () => {
  const bad = [parsePolicy(definePolicy('notes', { select: 'autor = auth.uid()' }), 'notes.policy.ts')];
  const app = { schema, modules, http: null, policies: bad, rls: { enabled: false } };

  await expect(appManifest(app)).rejects.toMatchObject({ code: 'policy/invalid' });
  expect((await appManifest({ ...app, policies })).rls).toEqual({ enabled: false, auditLog: false });
  expect(await appManifest({ ...app, policies, rls: undefined })).not.toHaveProperty('rls');
  await expect(appManifest({ ...app, policies, rls: { enabled: 'no' } })).rejects.toMatchObject({ code: 'config/invalid' });
});

test('with the audit log, refused writes are in the log of their call: who, what, where, by which policy, and nothing of the row', async () => {
  const { lines, mine, shared } = await start({ auditLog: true });
  const file = 'betterbase/policies/notes.policy.ts';

  expect(await lines('notes:insert', { owner: 'ada' }, 'eve')).toEqual([
    `warn: Row-level security refused insert of \`notes\` to "eve" (${file}: insert)`,
  ]);
  expect(await lines('notes:patch', { id: shared, owner: 'eve' }, 'eve')).toEqual([
    `warn: Row-level security refused patch of \`notes\` ${shared} to "eve" (${file}: update)`,
  ]);
  expect(await lines('notes:patch', { id: mine, owner: 'eve' }, 'ada')).toEqual([
    `warn: Row-level security refused patch of \`notes\` ${mine} to "ada" (${file}: update)`,
  ]);
  expect(await lines('notes:remove', { id: mine })).toEqual([
    `warn: Row-level security refused delete of \`notes\` ${mine} to nobody signed in (${file}: select)`,
  ]);
  expect(await lines('notes:remove', { id: shared }, 'two\nlines')).toEqual([
    `warn: Row-level security refused delete of \`notes\` ${shared} to "two\\nlines" (${file}: delete)`,
  ]);
  expect(await lines('notes:insert', { owner: 'ada' }, 'ada')).toEqual([]);
  expect(await lines('notes:get', { id: mine }, 'eve')).toEqual([]);
});

test('refusals that the function catches are noted, up to a hundred', async () => {
  const { lines } = await start({ auditLog: true });

  expect(await lines('notes:caught', { times: 1 }, 'ada')).toEqual([
    'warn: Row-level security refused insert of `secrets` to "ada" (no policy allows inserting)',
  ]);
  const many = await lines('notes:caught', { times: 150 }, 'ada');
  expect([many.length, many.at(-1)]).toEqual([101, 'warn: Only the first 100 refusals of a call are noted.']);
});

test('reads by id that are refused are noted where that is asked for; what is not there is none', async () => {
  const { lines, mine, secret } = await start({ auditLog: 'all' });

  expect(await lines('notes:get', { id: mine }, 'eve')).toEqual([
    `warn: Row-level security refused get of \`notes\` ${mine} to "eve" (betterbase/policies/notes.policy.ts: select)`,
  ]);
  expect(await lines('notes:get', { id: secret }, 'eve')).toEqual([
    `warn: Row-level security refused get of \`secrets\` ${secret} to "eve" (no policy allows seeing it)`,
  ]);
  expect(await lines('notes:get', { id: mine }, 'ada')).toEqual([]);
});

test('nothing is noted unless it is asked for', async () => {
  const { lines, mine } = await start();

  expect(await lines('notes:insert', { owner: 'ada' }, 'eve')).toEqual([]);
  expect(await lines('notes:get', { id: mine }, 'eve')).toEqual([]);
});
