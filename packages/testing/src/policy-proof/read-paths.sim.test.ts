/** Whatever way rows are read by, those are seen that are seen one by one: a row that is got by its id is asked in the engine. */
import { type AnyValue, AppError, defineSchema, definePolicy } from '@betterbase/core';
import { expect, test } from 'vitest';
import { betterbaseTest } from '../backend/betterbase-test.ts';
import { forEachSeed, seeds, type Seeded } from '../random/seeded.ts';
import { callers, guardedTable, openTable, randomRow, randomRules } from './random-policies.ts';

const schema = defineSchema({ things: guardedTable(), others: openTable() });

/** As policies mostly are: a row is seen by who is named by another. */
const memberships = [
  'exists (select 1 from others o where o.word = things.word and o.label = auth.uid())',
  'exists (select 1 from others o where o.word = things.word and o.done)',
  'exists (select 1 from others o where o.word = things.word and o.label = things.label)',
  'not exists (select 1 from others o where o.word = things.word and o.label = things.label and o.done)',
  'word in (select o.word from others o where o.label = auth.uid())',
  'not exists (select 1 from others o where o.word = things.word)',
  'not exists (select 1 from others o where o.label = auth.uid())',
  "done and exists (select 1 from others o where o.key = things.key) and word like '%'",
  'exists (select 1 from things o where o.word = things.word and o.done)',
  'exists (select 1 from others o where exists (select 1 from things i where i.word = o.word and i.label = things.label))',
];

async function start(random: Seeded) {
  const rules = random.chance(0.5) ? randomRules(random, 'things') : { select: random.pickAny(memberships) };
  const policy = definePolicy('things', rules);
  const t = betterbaseTest(schema, { './policies/things.policy.ts': { default: policy } });
  await t.run(async ({ db }: AnyValue) => {
    for (const row of random.many(12, () => randomRow(random))) await db.insert('things', row);
    for (const row of random.many(8, () => randomRow(random))) await db.insert('others', row);
  });
  const caller = random.pick(callers);
  return { policy, caller: caller === null ? t : t.withIdentity(caller) };
}

/** Writes of the same transaction, also between two steps of a loop. */
async function write(db: AnyValue, random: Seeded): Promise<void> {
  const table = random.pick(['things', 'others']);
  const rows = await db.query(table).collect();
  const row = rows.length === 0 || random.chance(0.4) ? null : random.pickAny<AnyValue>(rows);
  if (row === null) await db.insert(table, randomRow(random));
  else if (random.chance(0.3)) await db.delete(row._id);
  else await db.replace(row._id, randomRow(random));
}

async function isSameEachWay(db: AnyValue, random: Seeded): Promise<void> {
  const users = db.asUser();
  const index = random.pick([null, 'by_word', 'by_label_and_word'] as const);
  const order = random.pick(['asc', 'desc']);
  const word = random.pick(['ann', 'bob', '1']);
  const ranged = (reader: AnyValue): AnyValue => {
    const query = reader.query('things');
    if (index === null) return query;
    return query.withIndex(index, (q: AnyValue) => (index === 'by_word' && order === 'asc' ? q.eq('word', word) : q));
  };
  const seen: string[] = [];
  for (const { _id } of await ranged(db).order(order).collect()) if ((await users.get(_id)) !== null) seen.push(_id);
  const idsOf = (rows: readonly AnyValue[]): string[] => rows.map(({ _id }) => _id);
  const iterated: string[] = [];
  for await (const { _id } of ranged(users).order(order)) iterated.push(_id);
  const paged: string[] = [];
  for (let cursor: string | null = null, isDone = false; !isDone; ) {
    const page: AnyValue = await ranged(users).order(order).paginate({ numItems: 2, cursor });
    paged.push(...idsOf(page.page));
    ({ continueCursor: cursor, isDone } = page);
  }

  expect({
    collected: idsOf(await ranged(users).order(order).collect()),
    taken: idsOf(await ranged(users).order(order).take(2)),
    first: (await ranged(users).order(order).first())?._id ?? null,
    counted: await ranged(users).count(),
    iterated,
    paged,
  }).toEqual({
    collected: seen,
    taken: seen.slice(0, 2),
    first: seen[0] ?? null,
    counted: seen.length,
    iterated: seen,
    paged: seen,
  });
}

test('a query sees the same by each way to read', async () => {
  for (const seed of seeds(60))
    await forEachSeed(
      1,
      async (random) => {
        const { caller } = await start(random);
        await caller.query(async ({ db }: AnyValue) => {
          for (let round = 0; round < 4; round++) await isSameEachWay(db, random);
        });
      },
      seed,
    );
}, 60_000);

test('a mutation sees what it has written itself, by each way to read', async () => {
  for (const seed of seeds(60))
    await forEachSeed(
      1,
      async (random) => {
        const { caller } = await start(random);
        const work = caller.mutation(async ({ db }: AnyValue) => {
          for (let round = 0; round < 5; round++) {
            await write(db, random);
            await isSameEachWay(db, random);
          }
          throw new AppError('done');
        });
        await expect(work).rejects.toMatchObject({ data: 'done' });
      },
      seed,
    );
}, 60_000);

test('a row that is written while others are gone through is seen as it is then', async () => {
  for (const seed of seeds(60))
    await forEachSeed(
      1,
      async (random) => {
        const { caller } = await start(random);
        const work = caller.mutation(async ({ db }: AnyValue) => {
          const users = db.asUser();
          for await (const { _id } of users.query('things')) {
            const isSeen = (await users.get(_id)) !== null;
            expect([_id, isSeen]).toEqual([_id, true]);
            const others = await db.query('others').collect();
            if (others.length === 0 || random.chance(0.5)) await db.insert('others', randomRow(random));
            else await db.delete(random.pickAny<AnyValue>(others)._id);
          }
          throw new AppError('done');
        });
        await expect(work).rejects.toMatchObject({ data: 'done' });
      },
      seed,
    );
}, 60_000);
