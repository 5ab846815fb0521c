/** The same policies, rows and callers here and under Postgres' own row-level security: who sees and writes what must be equal. */
import { type AnyValue, AppError, defineSchema, definePolicy, schemaManifest } from '@betterbase/core';
import { type ParsedPolicy, parsePolicy } from '@betterbase/engine/policy-language';
import { betterbaseTest, type TestCaller } from '../backend/betterbase-test.ts';
import type { Seeded } from '../random/seeded.ts';
import { type NativeRow, NativeTables } from './native-tables.ts';
import { callers, guardedTable, openTable, randomRow, randomRules } from './random-policies.ts';

const guardedTables = ['t0', 't1', 't2', 't3', 't4', 't5'] as const;
const schema = defineSchema({ ...Object.fromEntries(guardedTables.map((name) => [name, guardedTable()])), others: openTable() });

export interface ProofFigures {
  /** One policy set of a table and one caller. */
  cases: number;
  seen: number;
  hidden: number;
  /** Writes that went through, and ones that did not, in each of the two. */
  written: number;
  refused: number;
}

export const noFigures: Readonly<ProofFigures> = { cases: 0, seen: 0, hidden: 0, written: 0, refused: 0 };

export async function startNative(): Promise<NativeTables> {
  return await NativeTables.create(schemaManifest(schema));
}

/**
 * All cases of one seed. `planted` makes a fault of it: Postgres gets other policies.
 *
 * @throws Error with the policy, where the two differ
 */
export async function proveSeed(
  native: NativeTables,
  random: Seeded,
  planted = (policies: readonly ParsedPolicy[]) => policies,
): Promise<ProofFigures> {
  const policies = guardedTables.flatMap((table) =>
    Array.from({ length: random.chance(0.2) ? 2 : 1 }, (_, number) => ({
      file: `./policies/${table}-${number}.policy.ts`,
      policy: definePolicy(table, randomRules(random, table)),
    })),
  );
  const t = betterbaseTest(schema, Object.fromEntries(policies.map(({ file, policy }) => [file, { default: policy }])));
  const made = [...guardedTables.map((table) => ({ table, most: 6 })), { table: 'others', most: 10 }].flatMap(({ table, most }) =>
    random.many(most, () => ({ table, row: randomRow(random) })),
  );
  const rows: readonly NativeRow[] = await t.run(async ({ db }: AnyValue) => {
    const stored: NativeRow[] = [];
    for (const { table, row } of made) stored.push({ table, document: await db.get(await db.insert(table, row)) });
    return stored as AnyValue;
  });
  const parsed = policies.map(({ file, policy }): ParsedPolicy => parsePolicy(policy, file));
  await native.fill(rows, planted(parsed));

  const figures = { ...noFigures };
  for (const caller of callers)
    for (const table of guardedTables) {
      const of = rows.filter((each) => each.table === table);
      const writes = [
        ...random.many(3, () => insertOf(table, randomRow(random))),
        ...of.flatMap(({ document }) => [deleteOf(table, document._id), updateOf(table, document._id, randomRow(random))]),
      ];
      const mine = await askHere(caller === null ? t : t.withIdentity(caller), table, writes);
      const theirs = await native.ask(
        toClaims(caller),
        table,
        writes.map((write) => write.native(native)),
      );
      const told = { seen: theirs.seen, done: theirs.outcomes.map((count) => count === 1) };
      if (JSON.stringify(mine) !== JSON.stringify(told))
        throw new Error(difference({ caller, table, policies: parsed, writes, mine, told }));
      figures.cases++;
      figures.seen += mine.seen.length;
      figures.hidden += of.length - mine.seen.length;
      figures.written += mine.done.filter((isDone) => isDone).length;
      figures.refused += mine.done.filter((isDone) => !isDone).length;
    }
  return figures;
}

interface Write {
  readonly what: string;
  readonly here: (users: AnyValue) => Promise<void>;
  readonly native: (native: NativeTables) => string;
}

const insertOf = (table: string, row: AnyValue): Write => ({
  what: 'insert',
  here: async (users) => await users.insert(table, row),
  native: (native) => native.insertText(table, row),
});
const updateOf = (table: string, id: string, row: AnyValue): Write => ({
  what: `update ${id}`,
  here: async (users) => await users.replace(id, row),
  native: (native) => native.updateText(table, id, row),
});
const deleteOf = (table: string, id: string): Write => ({
  what: `delete ${id}`,
  here: async (users) => await users.delete(id),
  native: (native) => native.deleteText(table, id),
});

interface Answers {
  readonly seen: readonly string[];
  readonly done: readonly boolean[];
}

async function askHere(caller: TestCaller<AnyValue>, table: string, writes: readonly Write[]): Promise<Answers> {
  const { seen, bySql }: AnyValue = await caller.query(async ({ db }: AnyValue) => {
    const users = db.asUser();
    const { rows } = await users.executeRows(`SELECT _id FROM ${table} ORDER BY _seq`);
    return { seen: (await users.query(table).collect()).map(({ _id }: AnyValue) => _id), bySql: rows.flat() };
  });
  if (JSON.stringify(seen) !== JSON.stringify(bySql)) throw new Error(`${table} by SQL is [${bySql}], and [${seen}] otherwise.`);
  const done: boolean[] = [];
  for (const { here } of writes) done.push(await isAllowed(caller, here));
  return { seen, done };
}

/** Every write is taken back. */
async function isAllowed(caller: TestCaller<AnyValue>, write: Write['here']): Promise<boolean> {
  try {
    await caller.mutation(async ({ db }: AnyValue) => {
      await write(db.asUser());
      throw new AppError('done');
    });
  } catch (error) {
    const { data, code }: AnyValue = error;
    if (data === 'done') return true;
    if (code !== 'policy/denied' && code !== 'document/not-found') throw error;
  }
  return false;
}

function toClaims(caller: (typeof callers)[number]): object | null {
  if (caller === null) return null;
  const { subject, ...claims }: AnyValue = caller;
  return { ...claims, sub: subject };
}

function difference({
  caller,
  table,
  policies,
  writes,
  mine,
  told,
}: {
  caller: unknown;
  table: string;
  policies: readonly ParsedPolicy[];
  writes: readonly Write[];
  mine: Answers;
  told: Answers;
}): string {
  const rules = policies
    .filter((each) => each.table === table)
    .map((each) => Object.fromEntries(Object.entries(each.rules).map(([rule, { text }]) => [rule, text])));
  const unlike = writes.flatMap(({ what }, at) =>
    mine.done[at] === told.done[at] ? [] : [`${what}: here ${mine.done[at]}, Postgres ${told.done[at]}`],
  );
  return `${JSON.stringify(caller)} on ${table} ${JSON.stringify(rules, null, 2)}\nsees here ${mine.seen.join(' ')}\n  Postgres ${told.seen.join(' ')}\n${unlike.join('\n')}`;
}
