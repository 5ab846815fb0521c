/** Whom a policy takes its caller for, by what their token says. */
import { type AnyValue, defineSchema, definePolicy, defineTable, mutation, query, v } from '@betterbase/core';
import { parsePolicy } from '@betterbase/engine/policy-language';
import { expect, test } from 'vitest';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

const schema = defineSchema({ letters: defineTable({ to: v.string() }) });
const policies = [parsePolicy(definePolicy('letters', { select: 'letters."to" = auth.email()' }), 'letters.policy.ts')];
const modules = {
  letters: {
    send: mutation({ args: { to: v.string() }, handler: async ({ db }: AnyValue, { to }) => await db.insert('letters', { to }) }),
    read: query({
      args: {},
      handler: async ({ db }: AnyValue) => [
        (await db.asUser().query('letters').collect()).length,
        (await db.asUser().execute('SELECT count(*) AS n FROM letters'))[0].n,
      ],
    }),
  },
};

test.each([
  ['that its issuer vouches for', { emailVerified: true }, 1],
  ['of which its issuer says nothing', {}, 1],
  ['that nobody has confirmed', { emailVerified: false }, 0],
  ['that nobody has confirmed, in the words of some issuers', { emailVerified: 'false' }, 0],
  ['that nobody has confirmed, by the name that the token has', { email_verified: false }, 0],
])('an address %s', async (_, claims, seen) => {
  const engine = await TestEngine.start({ app: { schema, modules, policies }, store: testStore() });
  valueOf(await engine.mutation('letters:send', { to: 'ada@example.com' }));
  const identity = { ...claims, subject: 'eve', issuer: 'test', tokenIdentifier: 'test|eve', email: 'ada@example.com' };
  const { results } = await engine.turn([{ do: 'query', query: 1, call: { ...engine.call('letters:read', {}), identity }, pinned: false }]);
  const [first] = results;
  expect(first?.do === 'query' && first.answer.outcome).toMatchObject({ ok: true, value: JSON.stringify([seen, seen]) });
});
