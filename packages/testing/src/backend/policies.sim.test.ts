/** Random policies over random rows: a caller sees the rows for which SQLite says that the same text is true, and no others. */
import { DatabaseSync } from 'node:sqlite';
import { type AnyValue, defineSchema, definePolicy, defineTable, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { forEachSeed, type Seeded, seeds } from '../random/seeded.ts';
import { betterbaseTest } from './betterbase-test.ts';

const columns = ['key', 'word', 'label', 'rank', 'half', 'size', 'done', 'maybe', 'raw'] as const;
const fields = {
  key: v.string(),
  word: v.string(),
  label: v.nullable(v.string()),
  rank: v.optional(v.number()),
  half: v.number(),
  size: v.int64(),
  done: v.boolean(),
  maybe: v.optional(v.nullable(v.boolean())),
  raw: v.optional(v.bytes()),
};
const guarded = () => defineTable(fields).index('by_word', ['word']).index('by_label_and_word', ['label', 'word']);
const guardedTables = Array.from({ length: 12 }, (_, number) => `t${number}`);
const schema = defineSchema({
  ...Object.fromEntries(guardedTables.map((name) => [name, guarded()])),
  others: guarded()
    .index('by_rank_and_word', ['rank', 'word'])
    .index('by_done', ['done'])
    .index('by_size', ['size'])
    .index('by_key', ['key']),
});

const words = ['ann', 'bob', 'B%', 'b_', '', '1', 'é', '😀', '\uff00'] as const;
const users = [
  null,
  { subject: 'ann', role: 'admin', level: 2, flags: { beta: true, label: 'bob' } },
  { subject: 'bob', email: 'bob', level: '2', flags: null },
] as const;

function randomRow(random: Seeded): AnyValue {
  return {
    key: `k${random.below(6)}`,
    word: random.pick(words),
    label: random.chance(0.3) ? null : random.pick(words),
    ...(random.chance(0.3) ? {} : { rank: random.pick([0, 1, 2, -0, Number.NaN]) }),
    half: random.below(5) / 2,
    size: random.chance(0.1) ? 9_007_199_254_740_993n : BigInt(random.below(4)),
    done: random.chance(0.5),
    ...(random.chance(0.3) ? {} : { maybe: random.pick([true, false, null]) }),
    ...(random.chance(0.6) ? {} : { raw: new Uint8Array(random.bytes(2)).buffer }),
  };
}

/** `tables`: what columns can be named by; none for the innermost. */
function randomValue(random: Seeded, tables: readonly string[]): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  switch (random.below(8)) {
    case 0:
      return text(random.pick(words));
    case 1:
      return random.pick(['0', '1', '2', '-1', '0.5', '1.5', 'true', 'false', 'null']);
    case 2:
      return random.pick(['auth.uid()', 'auth.role()', 'auth.email()', 'auth.authenticated()']);
    case 3:
      return random.pick(["(auth.jwt() ->> 'level')", "(auth.jwt() -> 'flags' ->> 'label')", "(auth.jwt() ->> 'none')"]);
    default: {
      const column = random.pick(columns);
      return random.chance(0.5) ? column : `${random.pickAny(tables)}.${column}`;
    }
  }
}

function randomCondition(random: Seeded, tables: readonly string[], depth: number): string {
  const value = (): string => randomValue(random, tables);
  const condition = (): string => randomCondition(random, tables, depth - 1);
  const not = random.chance(0.3) ? 'not ' : '';
  switch (random.below(depth <= 0 ? 6 : 11)) {
    case 0:
      return `${value()} ${random.pick(['=', '=', '<>', '!=', '<', '<=', '>', '>='])} ${value()}`;
    case 1:
      return `${value()} is ${not}null`;
    case 2:
      return `${value()} ${not}in (${[value(), ...random.many(2, value)].join(', ')})`;
    case 3:
      return `${random.pick(['word', 'label', 'auth.uid()'])} ${not}like ${random.pick(["'b%'", "'%b%'", "'_'", "'B%'", "'%'", 'label', "'an_'"])}`;
    case 4:
      return `${value()} ${not}between ${value()} and ${value()}`;
    case 5:
      return random.pick(['done', 'maybe', 'not done', 'maybe is true', 'maybe is not false', 'rank', 'true', 'auth.authenticated()']);
    case 6:
      return `not ${condition()}`;
    case 7:
      return `${condition()} and ${condition()}`;
    case 8:
      return `(${condition()} or ${condition()})`;
    default:
      return randomSubquery(random, tables, depth);
  }
}

function randomSubquery(random: Seeded, tables: readonly string[], depth: number): string {
  const alias = `o${depth}`;
  const inner = [...tables, alias];
  const link = random.chance(0.6) ? `${alias}.${random.pick(columns)} = ${randomValue(random, tables)} and ` : '';
  const rows = `from others ${alias} where ${link}${randomCondition(random, inner, depth - 1)}`;
  const not = random.chance(0.3) ? 'not ' : '';
  if (random.chance(0.5)) return `${not}exists (select 1 ${rows})`;
  return `${randomValue(random, tables)} ${not}in (select ${alias}.${random.pick(columns)} ${rows})`;
}

/** The same table there: columns without a type, so that nothing is converted before it is compared. */
function twin(user: AnyValue): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  db.exec('PRAGMA case_sensitive_like = ON');
  for (const table of [...guardedTables, 'others']) db.exec(`CREATE TABLE ${table} (${columns.join(', ')})`);
  const { subject = null, email = null, role = 'authenticated' } = user ?? {};
  db.function('auth_uid', () => subject);
  db.function('auth_email', () => email);
  db.function('auth_role', () => (user === null ? 'anon' : role));
  db.function('auth_authenticated', () => (user === null ? 0 : 1));
  db.function('auth_jwt', () => (user === null ? null : JSON.stringify(user)));
  return db;
}

function toColumn(value: AnyValue): null | number | bigint | string | Uint8Array {
  if (value === undefined || value === null || Number.isNaN(value)) return null;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}

test('a caller sees what SQLite says', async () => {
  let [seen, hidden] = [0, 0];
  for (const seed of seeds(60)) {
    await forEachSeed(
      1,
      async (random) => {
        const policies = guardedTables.map((table) => ({ table, text: randomCondition(random, [table], 3) }));
        const t = betterbaseTest(
          schema,
          Object.fromEntries(
            policies.map(({ table, text }) => [`./policies/${table}.policy.ts`, { default: definePolicy(table, { select: text }) }]),
          ),
        );
        const rows = [...guardedTables.map((table) => ({ table, most: 10 })), { table: 'others', most: 12 }].flatMap(({ table, most }) =>
          random.many(most, () => ({ table, row: randomRow(random) })),
        );
        await t.run(async ({ db }: AnyValue) => {
          for (const { table, row } of rows) await db.insert(table, row);
        });
        for (const user of users) {
          const sqlite = twin(user);
          for (const { table, row } of rows)
            sqlite
              .prepare(`INSERT INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`)
              .run(...columns.map((column) => toColumn(row[column])));
          const caller = user === null ? t : t.withIdentity(user);
          for (const { table, text } of policies) {
            const expected = sqlite
              .prepare(`SELECT key FROM ${table} WHERE ${text.replaceAll('auth.', 'auth_')} ORDER BY rowid`)
              .all()
              .map((each) => each['key']);
            const found = await caller.query(async ({ db }: AnyValue) => {
              const users = db.asUser();
              const all = (await users.query(table).collect()).map(({ key }: AnyValue) => key);
              return { all, count: await users.query(table).count() };
            });
            expect(found, `${JSON.stringify(user)} on ${table}: ${text}`).toEqual({ all: expected, count: expected.length });
            seen += expected.length;
            hidden += rows.filter((each) => each.table === table).length - expected.length;
          }
          sqlite.close();
        }
      },
      seed,
    );
  }

  expect(Math.min(seen, hidden)).toBeGreaterThan(500);
}, 60_000);
