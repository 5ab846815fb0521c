/** Random rows, callers and policies over them, of everything that a condition may say. */
import { type AnyValue, defineTable, type PolicyRules, v } from '@betterbase/core';
import type { Seeded } from '../random/seeded.ts';

export const columns = ['key', 'word', 'label', 'rank', 'half', 'size', 'done', 'maybe', 'raw', 'info'] as const;

export const fields = {
  key: v.string(),
  word: v.string(),
  label: v.nullable(v.string()),
  rank: v.optional(v.number()),
  half: v.number(),
  size: v.int64(),
  done: v.boolean(),
  maybe: v.optional(v.nullable(v.boolean())),
  raw: v.optional(v.bytes()),
  info: v.optional(v.any()),
};

export function guardedTable() {
  return defineTable(fields).index('by_word', ['word']).index('by_label_and_word', ['label', 'word']);
}

/** What subqueries read. */
export function openTable() {
  return guardedTable()
    .index('by_rank_and_word', ['rank', 'word'])
    .index('by_done', ['done'])
    .index('by_size', ['size'])
    .index('by_key', ['key']);
}

const words = ['ann', 'bob', 'B%', 'b_', '', '1', 'é', 'É', '😀', '\uff00', 'a\\', "o'k", 'nul\0', 'one\u0001'] as const;

export const callers = [
  null,
  { subject: 'ann', role: 'admin', level: 2, flags: { beta: true, label: 'bob', words: ['bob', 1, null] } },
  { subject: 'bob', email: 'bob', level: '2', flags: null, emailVerified: true },
  { subject: 'eve', email: 'bob', emailVerified: false },
] as const;

export function randomRow(random: Seeded): AnyValue {
  return {
    key: `k${random.below(6)}`,
    word: random.pick(words),
    label: random.chance(0.3) ? null : random.pick(words),
    ...(random.chance(0.3)
      ? {}
      : { rank: random.pick([0, 1, 2, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 9e17]) }),
    half: random.below(5) / 2,
    size: random.chance(0.1) ? 9_007_199_254_740_993n : BigInt(random.below(4)),
    done: random.chance(0.5),
    ...(random.chance(0.3) ? {} : { maybe: random.pick([true, false, null]) }),
    ...(random.chance(0.6) ? {} : { raw: new Uint8Array(random.bytes(2)).buffer }),
    ...(random.chance(0.4) ? {} : { info: randomInfo(random) }),
  };
}

function randomInfo(random: Seeded): AnyValue {
  const leaf = (): AnyValue =>
    random.pick<AnyValue>([
      null,
      true,
      false,
      0,
      1,
      2,
      0.5,
      -0,
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      'ann',
      'nul\0',
      'bob',
      '1',
      '',
      1n,
      2n,
      new Uint8Array([1, 2]).buffer,
    ]);
  return random.pick<() => AnyValue>([
    leaf,
    () => ({ owner: leaf(), level: leaf(), tags: random.many(3, leaf) }),
    () => random.many(3, leaf),
    () => ({}),
  ])();
}

/** `tables`: what columns can be named by; none for the innermost. */
function randomValue(random: Seeded, tables: readonly string[]): string {
  const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
  const column = (): string => {
    const name = random.pick(columns);
    const named = random.chance(0.5) ? name : `${random.pickAny(tables)}.${name}`;
    if (name !== 'info' || random.chance(0.2)) return named;
    return `(${named} ${random.pick(["->> 'owner'", "->> 'level'", "-> 'tags' ->> 0", "-> 'tags' ->> 'x'", '->> 0', '->> -1'])})`;
  };
  switch (random.below(9)) {
    case 0:
      return text(random.pick(words));
    case 1:
      return random.pick(['0', '1', '2', '-1', '0.5', '1.5', 'true', 'false', 'null']);
    case 2:
      return random.pick(['auth.uid()', 'auth.role()', 'auth.email()', 'auth.authenticated()']);
    case 3:
      return `(auth.jwt() ${random.pick(["->> 'level'", "-> 'flags' ->> 'label'", "->> 'none'", "->> 'sub'", "->> 'email_verified'", "-> 'flags' -> 'words' ->> 0", "-> 'flags'", "->> 'role'"])})`;
    default:
      return column();
  }
}

export function randomCondition(random: Seeded, tables: readonly string[], depth: number): string {
  const value = (): string => randomValue(random, tables);
  const condition = (): string => randomCondition(random, tables, depth - 1);
  const not = random.chance(0.3) ? 'not ' : '';
  switch (random.below(depth <= 0 ? 6 : 11)) {
    case 0:
      return `${value()} ${random.pick(['=', '=', '<>', '!=', '<', '<=', '>', '>='])} ${value()}`;
    case 1:
      return `${value()} is ${not}${random.pick(['null', 'null', 'true', 'false'])}`;
    case 2:
      return `${value()} ${not}in (${[value(), ...random.many(2, value)].join(', ')})`;
    case 3:
      return `${random.pick(['word', 'label', 'auth.uid()', 'rank', "(info ->> 'owner')"])} ${not}${random.pick(['like', 'ilike'])} ${random.pick(["'b%'", "'%b%'", "'_'", "'B%'", "'%'", 'label', "'an_'", "'%\\'", "'\\%'", "'é'"])}`;
    case 4:
      return `${value()} ${not}between ${value()} and ${value()}`;
    case 5:
      return random.pick([
        'done',
        'maybe',
        'not done',
        'maybe is true',
        'maybe is not false',
        'rank',
        'true',
        'auth.authenticated()',
        'size',
        'word',
        'info',
      ]);
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
  // Also the table that the policy is of: what it reads there, it reads whatever the policy says.
  const rows = `from ${random.chance(0.2) ? (tables[0] ?? 'others') : 'others'} ${alias} where ${link}${randomCondition(random, inner, depth - 1)}`;
  const not = random.chance(0.3) ? 'not ' : '';
  if (random.chance(0.5)) return `${not}exists (select 1 ${rows})`;
  return `${randomValue(random, tables)} ${not}in (select ${alias}.${random.pick(columns)} ${rows})`;
}

/** Rules of one policy: any that may be said together. */
export function randomRules(random: Seeded, table: string): PolicyRules {
  const condition = (): string => randomCondition(random, [table], random.below(4));
  const names = ['select', 'insert', 'update', 'delete', 'using', 'withCheck'] as const;
  const chosen = random.chance(0.3)
    ? random.shuffled(['using', 'withCheck'] as const).slice(0, 1 + random.below(2))
    : ['select' as const, ...names.slice(1).filter(() => random.chance(0.5))];
  // Conditions of chance hide nearly everything when many must hold.
  return Object.fromEntries(chosen.map((name) => [name, random.chance(0.25) ? 'true' : condition()]));
}
