import { defineSchema, definePolicy, defineTable, type PolicyRules, schemaManifest, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { parsePolicy } from '../language/parse-policy.ts';
import { installStatements, nativePolicies } from './policy-statements.ts';

const schema = schemaManifest(
  defineSchema({
    members: defineTable({ room: v.string(), person: v.string() }),
    messages: defineTable({ room: v.string(), author: v.string(), rank: v.number(), settings: v.object({ owner: v.string() }) }),
  }),
);
const native = (rules: PolicyRules, table = 'messages') =>
  nativePolicies([parsePolicy(definePolicy(table, rules), 'one.policy.ts')], schema);
const conditionOf = (select: string): string => native({ select }).policies[0]?.create.split('USING ')[1] ?? '';

test('a comparison with who asks is one that Postgres finds by an index, asking once', () => {
  expect(conditionOf('author = auth.uid()')).toBe('(("messages"."author" = (SELECT betterbase.uid())))');
});

test('each operation is a policy of its own, named after it', () => {
  const { policies } = native({ select: true, update: 'author = auth.uid()', withCheck: 'rank < 3' });

  expect(policies.map(({ name }) => name)).toEqual(['messages_select_policy', 'messages_update_policy']);
  expect(policies[1]?.create).toBe(
    `CREATE POLICY "messages_update_policy" ON public."messages" FOR UPDATE TO public USING (("messages"."author" = (SELECT betterbase.uid()))) WITH CHECK ((coalesce("messages"."rank", betterbase.number_of(betterbase.member(betterbase.to_value("messages"."_extra"), 'rank'))::double precision) < (3)::double precision))`,
  );
});

test('a subquery is a function of its own rights, which is given what it takes of the row', () => {
  const { functions, policies } = native({
    select: 'exists (select 1 from members m where m.room = messages.room and m.person = auth.uid())',
  });

  expect(policies[0]?.create).toContain('USING (betterbase."messages_select_1"("messages"."room"))');
  expect(functions[0]?.create).toBe(
    `CREATE OR REPLACE FUNCTION betterbase."messages_select_1"(text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$ SELECT EXISTS (SELECT 1 FROM public."members" AS r1 WHERE (("r1"."room" = $1) AND ("r1"."person" = (SELECT betterbase.uid())))) $body$`,
  );
});

test('what is changed or deleted must be seen, by whichever policy; one that says so already does not say it twice', () => {
  const parsed = [{ select: `author = 'a'` }, { select: `author = 'b'`, update: 'rank < 3', delete: true }].map((rules, at) =>
    parsePolicy(definePolicy('messages', rules), `${at}.policy.ts`),
  );
  const clauses = (operation: string) =>
    nativePolicies(parsed, schema)
      .policies.find((policy) => policy.operation === operation)
      ?.create.split(' TO public ')[1];
  const [a, b] = ['a', 'b'].map((author) => `("messages"."author" = '${author}')`);

  expect(clauses('delete')).toBe(`USING ((true) AND ((${a}) OR (${b})))`);
  expect(clauses('update')).toContain(`AND ((${a}) OR (${b}))) WITH CHECK (`);
  const owner = native({ using: `author = 'a'` }).policies.map(({ create }) => create.split(' TO public ')[1]);
  expect(owner).toEqual([`USING (${a})`, `WITH CHECK (${a})`, `USING (${a}) WITH CHECK (${a})`, `USING (${a})`]);
  expect(native({ update: true }).policies[0]?.create).toContain('USING ((true) AND false)');
});

test('what an author writes ends neither a text nor a function', () => {
  expect(conditionOf(String.raw`author = 'o''k\'`)).toContain(String.raw`E'o''k\\'`);
  const [only] = native({ select: `exists (select 1 from members where person = '$body$; DROP TABLE x; $body$')` }).functions;
  expect(only?.create.startsWith('CREATE OR REPLACE')).toBe(true);
  expect(only?.create).toMatch(/AS \$body_\$ .* \$body_\$$/);
});

test('row-level security is on for every table, so that one without a policy shows nothing', () => {
  const statements = installStatements(native({ select: true }));

  expect(statements.filter((each) => /^ALTER TABLE public.*ENABLE ROW LEVEL SECURITY$/.test(each))).toHaveLength(2);
});

test('names that Postgres would cut stay apart', () => {
  const table = 'a'.repeat(60);
  const long = schemaManifest(defineSchema({ [table]: defineTable({ author: v.string() }) }));
  const { policies } = nativePolicies([parsePolicy(definePolicy(table, { select: true, insert: true }), 'long.policy.ts')], long);

  expect(new Set(policies.map(({ name }) => name)).size).toBe(2);
  for (const { name } of policies) expect(name.length).toBeLessThanOrEqual(63);
});
