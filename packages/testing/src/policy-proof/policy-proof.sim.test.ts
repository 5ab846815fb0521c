/** A part of what `npm run prove:policies` runs. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ParsedPolicy } from '@betterbase/engine/policy-language';
import { forEachSeed, seeds, Seeded } from '../random/seeded.ts';
import type { NativeTables } from './native-tables.ts';
import { proveSeed, startNative } from './prove-policies.ts';

let native: NativeTables;
beforeAll(async () => {
  native = await startNative();
}, 30_000);
afterAll(async () => await native.close());

test('callers see and write what they would under the row-level security of Postgres', async () => {
  let [cases, seen, hidden, written] = [0, 0, 0, 0];
  for (const seed of seeds(14))
    await forEachSeed(
      1,
      async (random) => {
        const figures = await proveSeed(native, random);
        cases += figures.cases;
        seen += figures.seen;
        hidden += figures.hidden;
        written += figures.written;
      },
      seed,
    );

  expect(Math.min(cases, seen, hidden, written)).toBeGreaterThan(process.env['SEED'] === undefined ? 200 : -1);
}, 60_000);

const withoutFirst = (policies: readonly ParsedPolicy[]): ParsedPolicy[] =>
  policies.map((policy) => ({ ...policy, rules: Object.fromEntries(Object.entries(policy.rules).slice(1)) }));

test('a rule that Postgres does not have is noticed', async () => {
  await expect(proveSeed(native, new Seeded(3), withoutFirst)).rejects.toThrow(/sees here|here (?:true|false), Postgres/);
});
