/** The same random writes, to one table by `ctx.db` and to its twin by SQL, leave the same behind. */
import { type AnyValue, defineSchema, defineTable, v } from '@betterbase/core';
import { expect, test } from 'vitest';
import { forEachSeed, type Seeded } from '../random/seeded.ts';
import { betterbaseTest } from './betterbase-test.ts';

const twin = () =>
  defineTable({
    key: v.string(),
    text: v.string(),
    rank: v.optional(v.number()),
    done: v.boolean(),
    label: v.nullable(v.string()),
    tags: v.optional(v.array(v.string())),
    size: v.int64(),
  })
    .uniqueIndex('by_key', ['key'])
    .index('by_rank', { fields: ['rank'], counted: true })
    .index('by_label_and_rank', ['label', 'rank'])
    .searchIndex('texts', { searchField: 'text', filterFields: ['done'] });
const schema = defineSchema({ plain: twin(), raw: twin() });

const words = ['apple', 'bread', 'cheese', 'date', 'egg'] as const;

function randomFields(random: Seeded): AnyValue {
  return {
    text: `${random.pick(words)} ${random.pick(words)}`,
    rank: random.chance(0.3) ? undefined : random.below(6) / 2,
    done: random.chance(0.5),
    label: random.chance(0.3) ? null : random.pick(words),
    tags: random.chance(0.4) ? undefined : random.many(2, () => random.pick(words)),
    size: BigInt(random.below(1_000)),
  };
}

function toColumns({ text, rank, done, label, tags, size }: AnyValue): AnyValue[] {
  return [text, rank ?? null, done, label, tags === undefined ? null : JSON.stringify(tags), Number(size)];
}

const columns = ['text', 'rank', 'done', 'label', 'tags', 'size'];

/** One random write, done twice. */
async function write({ db }: AnyValue, random: Seeded): Promise<void> {
  const key = `k${random.below(12)}`;
  const find = (): Promise<AnyValue> =>
    db
      .query('plain')
      .withIndex('by_key', (q: AnyValue) => q.eq('key', key))
      .unique();
  const found = await find();
  switch (random.pick(['upsert', 'set', 'some', 'delete', 'sweep'])) {
    case 'upsert': {
      const fields = randomFields(random);
      if (found === null) await db.insert('plain', { key, ...fields });
      else await db.replace(found._id, { key, ...fields });
      const sets = columns.map((name) => `${name} = excluded.${name}`);
      await db.execute(
        `INSERT INTO raw (key, ${columns.join(', ')}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET ${sets.join(', ')}`,
        [key, ...toColumns(fields)],
      );
      return;
    }
    case 'set': {
      const fields = randomFields(random);
      if (found !== null) await db.patch(found._id, fields);
      const sets = columns.map((name) => `${name} = ?`);
      await db.execute(`UPDATE raw SET ${sets.join(', ')} WHERE key = ?`, [...toColumns(fields), key]);
      return;
    }
    case 'some': {
      const most = random.below(4);
      const all = await db.query('plain').collect();
      for (const each of all) if (each.rank <= most) await db.patch(each._id, { rank: each.rank + 1, done: !each.done });
      await db.execute('UPDATE raw SET rank = rank + 1, done = NOT done WHERE rank <= ?', [most]);
      return;
    }
    case 'delete':
      if (found !== null) await db.delete(found._id);
      await db.execute('DELETE FROM raw WHERE _id = (SELECT _id FROM raw WHERE key = ?)', [key]);
      return;
    case 'sweep': {
      const label = random.pick(words);
      for (const each of await db.query('plain').collect()) if (each.label === label) await db.delete(each._id);
      await db.execute('DELETE FROM raw WHERE label = ?', [label]);
      return;
    }
  }
}

/** Everything that can be seen of a table, without what no two tables share. */
async function seen({ db }: AnyValue, table: string): Promise<unknown> {
  const bare = (documents: AnyValue[]): unknown[] => documents.map(({ _id, _creationTime, ...own }) => own);
  const at = (index: string): AnyValue => db.query(table).withIndex(index);
  return {
    documents: bare(await db.query(table).collect()),
    byRank: bare(await at('by_rank').collect()),
    byLabel: bare(await at('by_label_and_rank').order('desc').collect()),
    count: await db.query(table).count(),
    counts: await Promise.all(
      [undefined, 0, 1, 2, 3].map((rank) =>
        db
          .query(table)
          .withIndex('by_rank', (q: AnyValue) => q.eq('rank', rank))
          .count(),
      ),
    ),
    found: await Promise.all(
      words.map(async (word) =>
        bare(
          await db
            .query(table)
            .withSearchIndex('texts', (q: AnyValue) => q.search('text', word).eq('done', true))
            .collect(),
        ),
      ),
    ),
    sql: await db.execute(`SELECT key, ${columns.join(', ')} FROM ${table} ORDER BY _creationTime`),
  };
}

test('random writes by SQL leave what the same writes by ctx.db leave, inside a mutation and after it', { timeout: 60_000 }, () =>
  forEachSeed(40, async (random) => {
    const t = betterbaseTest(schema, {});
    for (let round = 0; round < 6; round++) {
      const fails = random.chance(0.2);
      await t
        .run(async (ctx: AnyValue) => {
          for (let writes = 0; writes < 8; writes++) await write(ctx, random);
          expect(await seen(ctx, 'raw')).toEqual(await seen(ctx, 'plain'));
          if (fails) throw new Error('taken back');
        })
        .catch((error: unknown) => {
          if (!fails || !(error instanceof Error) || !error.message.includes('taken back')) throw error;
        });
      await t.run(async (ctx: AnyValue) => {
        expect(await seen(ctx, 'raw')).toEqual(await seen(ctx, 'plain'));
      });
    }
  }),
);
