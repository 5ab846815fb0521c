import {
  type AnyDataModel,
  defineSchema,
  defineTable,
  mutation,
  type MutationCtx,
  query,
  type QueryCtx,
  v,
  type Value,
} from '@betterbase/core';
import { expect, test } from 'vitest';
import { TestEngine, valueOf } from './test-engine.ts';
import { testStore } from './test-store.ts';

type Read = (ctx: QueryCtx<AnyDataModel>) => Promise<Value>;
type Write = (ctx: MutationCtx<AnyDataModel>) => Promise<Value>;

const schema = defineSchema({
  tasks: defineTable({
    list: v.string(),
    rank: v.number(),
    done: v.optional(v.boolean()),
    note: v.optional(v.nullable(v.string())),
    owner: v.optional(v.id('people')),
  })
    .index('by_list', ['list'])
    .index('by_list_and_rank', ['list', 'rank'])
    .index('by_done', ['done']),
  points: defineTable({ place: v.vector(2) }),
  people: defineTable({ name: v.string(), tags: v.array(v.string()), photo: v.optional(v.bytes()), points: v.int64() }).uniqueIndex(
    'by_name',
    ['name'],
  ),
});

/** An engine whose one query and one mutation do whatever the test says. */
async function world() {
  let read: Read = async () => null;
  let write: Write = async () => null;
  const engine = await TestEngine.start({
    app: {
      modules: { world: { read: query({ handler: (ctx) => read(ctx) }), write: mutation({ handler: (ctx) => write(ctx) }) } },
      schema,
    },
    store: testStore(),
  });
  return {
    engine,
    read: async (work: Read) => {
      read = work;
      return await engine.query('world:read');
    },
    write: async (work: Write) => {
      write = work;
      return await engine.mutation('world:write');
    },
  };
}

async function seeded() {
  const it = await world();
  valueOf(
    await it.write(async ({ db }) => {
      for (const [list, rank] of [
        ['a', 3],
        ['a', 1],
        ['b', 2],
        ['a', 2],
      ] as const)
        await db.insert('tasks', { list, rank });
      return null;
    }),
  );
  const ranks = async (work: (ctx: QueryCtx<AnyDataModel>) => Promise<readonly { readonly rank: number }[]>): Promise<Value> =>
    valueOf(await it.read(async (ctx) => (await work(ctx)).map(({ rank }) => rank)));
  return { ...it, ranks };
}

const codeOf = (outcome: Awaited<ReturnType<TestEngine['query']>>): string => (outcome.ok ? 'ok' : outcome.error.code);

test('documents come in creation order unless an index says otherwise', async () => {
  const { ranks } = await seeded();

  expect(await ranks(({ db }) => db.query('tasks').collect())).toEqual([3, 1, 2, 2]);
  expect(await ranks(({ db }) => db.query('tasks').order('desc').collect())).toEqual([2, 2, 1, 3]);
  expect(
    await ranks(({ db }) =>
      db
        .query('tasks')
        .withIndex('by_list', (q) => q.eq('list', 'a'))
        .collect(),
    ),
  ).toEqual([3, 1, 2]);
  expect(
    await ranks(({ db }) =>
      db
        .query('tasks')
        .withIndex('by_list_and_rank', (q) => q.eq('list', 'a'))
        .collect(),
    ),
  ).toEqual([1, 2, 3]);
});

test('a range has a lower and an upper end on the field after the equal ones', async () => {
  const { ranks } = await seeded();

  expect(
    await ranks(({ db }) =>
      db
        .query('tasks')
        .withIndex('by_list_and_rank', (q) => q.eq('list', 'a').gt('rank', 1))
        .collect(),
    ),
  ).toEqual([2, 3]);
  expect(
    await ranks(({ db }) =>
      db
        .query('tasks')
        .withIndex('by_list_and_rank', (q) => q.eq('list', 'a').gte('rank', 1).lt('rank', 3))
        .collect(),
    ),
  ).toEqual([1, 2]);
  expect(
    await ranks(({ db }) =>
      db
        .query('tasks')
        .withIndex('by_list_and_rank', (q) => q.gt('list', 'a'))
        .collect(),
    ),
  ).toEqual([2]);
});

test('filters take an expression, or a field, an operator and a value', async () => {
  const { ranks } = await seeded();

  expect(
    await ranks(({ db }) =>
      db
        .query('tasks')
        .filter((q) => q.and(q.eq(q.field('list'), 'a'), q.gt(q.add(q.field('rank'), 1), 2)))
        .collect(),
    ),
  ).toEqual([3, 2]);
  expect(await ranks(({ db }) => db.query('tasks').filter('rank', 'lte', 1).collect())).toEqual([1]);
});

test('take is both a promise and a query', async () => {
  const { ranks } = await seeded();

  expect(await ranks(async ({ db }) => await db.query('tasks').take(2))).toEqual([3, 1]);
  expect(await ranks(({ db }) => db.query('tasks').take(2).collect())).toEqual([3, 1]);
});

test('first, unique, count and iteration end a query', async () => {
  const { read } = await seeded();

  const answer = await read(async ({ db }) => {
    const iterated: number[] = [];
    for await (const task of db.query('tasks')) {
      iterated.push(task['rank']);
      if (iterated.length === 2) break;
    }
    return {
      first: (await db.query('tasks').order('desc').first())?.['rank'] ?? null,
      none: await db
        .query('tasks')
        .withIndex('by_list', (q) => q.eq('list', 'z'))
        .first(),
      unique:
        (
          await db
            .query('tasks')
            .withIndex('by_list', (q) => q.eq('list', 'b'))
            .unique()
        )?.['rank'] ?? null,
      count: await db
        .query('tasks')
        .withIndex('by_list', (q) => q.eq('list', 'a'))
        .count(),
      iterated,
    };
  });

  expect(valueOf(answer)).toEqual({ first: 2, none: null, unique: 2, count: 3, iterated: [3, 1] });
});

test('unique refuses a second document', async () => {
  const { read } = await seeded();

  expect(codeOf(await read(({ db }) => db.query('tasks').unique()))).toBe('query/not-unique');
});

test('a query can be used once, ordered once and must be ended', async () => {
  const { read } = await seeded();

  const twice: Read = async ({ db }) => {
    const tasks = db.query('tasks');
    await tasks.collect();
    return await tasks.collect();
  };
  expect(codeOf(await read(twice))).toBe('query/used-twice');
  expect(
    codeOf(
      await read(
        (async ({ db }: { db: { query(t: string): { order(o: string): { order(o: string): { collect(): Promise<Value> } } } } }) =>
          await db.query('tasks').order('asc').order('desc').collect()) as never,
      ),
    ),
  ).toBe('query/used-twice');
  expect(codeOf(await read((async ({ db }: { db: { query(t: string): unknown } }) => db.query('tasks')) as never))).toBe(
    'query/not-collected',
  );
});

test('ranges that do not follow the index are refused with its fields', async () => {
  const { read } = await seeded();

  const outcome = await read(({ db }) =>
    db
      .query('tasks')
      .withIndex('by_list_and_rank', (q) => q.eq('rank', 1))
      .collect(),
  );

  expect(outcome).toMatchObject({ ok: false, error: { code: 'query/bad-range', hint: expect.stringContaining('list, rank') } });
  expect(codeOf(await read(({ db }) => db.query('tasks').withIndex('by_nothing').collect()))).toBe('index/not-found');
  expect(codeOf(await read(({ db }) => db.query('nothing').collect()))).toBe('table/not-found');
});

test('every value comes back as it went in', async () => {
  const { write, read } = await world();
  const photo = new Uint8Array([0, 255, 7]).buffer;

  valueOf(await write(({ db }) => db.insert('people', { name: 'Ada\u0000Ω', tags: ['x', ''], photo, points: -(2n ** 63n) })));
  valueOf(await write(({ db }) => db.insert('tasks', { list: '', rank: -0, note: null })));

  const [person, task] = valueOf(await read(async ({ db }) => [await db.query('people').first(), await db.query('tasks').first()])) as [
    Record<string, Value>,
    Record<string, Value>,
  ];
  expect(person).toMatchObject({ name: 'Ada\u0000Ω', tags: ['x', ''], points: -(2n ** 63n) });
  expect(new Uint8Array(person['photo'] as ArrayBuffer)).toEqual(new Uint8Array(photo));
  expect(Object.is(task['rank'], -0)).toBe(true);
  expect(task['note']).toBeNull();
  expect(Object.keys(task).sort()).toEqual(['_creationTime', '_id', 'list', 'note', 'rank']);
});

test('vectors hold 32-bit floats, in the mutation that writes them and afterwards', async () => {
  const { write, read } = await world();

  const own = await write(async ({ db }) => (await db.get(await db.insert('points', { place: [0.1, 2] })))?.['place'] ?? null);

  expect(valueOf(own)).toEqual([Math.fround(0.1), 2]);
  expect(valueOf(await read(async ({ db }) => (await db.query('points').first())?.['place'] ?? null))).toEqual([Math.fround(0.1), 2]);
});

test('a mutation reads its own writes, two patches of one document included', async () => {
  const { write } = await world();

  const seen = await write(async ({ db }) => {
    const id = await db.insert('tasks', { list: 'a', rank: 1 });
    await db.patch(id, { rank: 2 });
    await db.patch('tasks', id, { done: true });
    const inRange = await db
      .query('tasks')
      .withIndex('by_list_and_rank', (q) => q.eq('list', 'a').gt('rank', 1))
      .collect();
    const counted = await db
      .query('tasks')
      .withIndex('by_done', (q) => q.eq('done', true))
      .count();
    await db.patch(id, { done: undefined });
    const patched = await db.get(id);
    await db.replace(id, { list: 'b', rank: 5 });
    const replaced = await db.get(id);
    await db.delete(id);
    return [
      inRange.length,
      counted,
      patched !== null && 'done' in patched,
      replaced?.['list'] ?? null,
      await db.get(id),
      await db.query('tasks').collect(),
    ];
  });

  expect(valueOf(seen)).toEqual([1, 1, false, 'b', null, []]);
});

test('own writes are merged into ranges at their place, whatever the limit', async () => {
  const { write } = await seeded();

  const outcome = await write(async ({ db }) => {
    await db.insert('tasks', { list: 'a', rank: 1.5 });
    const three = await db
      .query('tasks')
      .withIndex('by_list_and_rank', (q) => q.eq('list', 'a').eq('rank', 3))
      .unique();
    if (three !== null) await db.patch(three._id, { rank: 0 });
    const read = async (count: number, order: 'asc' | 'desc') =>
      (
        await db
          .query('tasks')
          .withIndex('by_list_and_rank', (q) => q.eq('list', 'a'))
          .order(order)
          .take(count)
      ).map((each) => each['rank']);
    return [await read(2, 'asc'), await read(9, 'asc'), await read(2, 'desc')];
  });

  expect(valueOf(outcome)).toEqual([
    [0, 1],
    [0, 1, 1.5, 2],
    [2, 1.5],
  ]);
});

test('a mutation that throws leaves nothing behind', async () => {
  const { write, read } = await seeded();

  const outcome = await write(async ({ db }) => {
    await db.insert('tasks', { list: 'a', rank: 9 });
    throw new Error('no');
  });

  expect(codeOf(outcome)).toBe('function/threw');
  expect(valueOf(await read(({ db }) => db.query('tasks').count()))).toBe(4);
});

test('what a handler does to a document it has read or written changes nothing', async () => {
  const { write, read } = await world();

  valueOf(
    await write(async ({ db }) => {
      const tags = ['kept'];
      const id = await db.insert('people', { name: 'Ada', tags, points: 0n });
      tags.push('lost');
      const own = await db.get(id);
      own?.['tags'].push('lost too');
      return null;
    }),
  );

  expect(valueOf(await read(async ({ db }) => (await db.query('people').first())?.['tags'] ?? null))).toEqual(['kept']);
});

test('a document that does not fit its table is refused by path, and nothing is written', async () => {
  const { write, read } = await world();
  const insert = (document: { [field: string]: Value }) => write(({ db }) => db.insert('people', document));

  expect(await insert({ name: 'Ada', tags: ['x', 5], points: 0n })).toMatchObject({
    ok: false,
    error: { code: 'document/invalid', details: { path: 'people.tags[1]', expected: 'string' } },
  });
  expect(codeOf(await insert({ name: 'Ada', tags: [], points: 0n, extra: 1 }))).toBe('document/invalid');
  expect(codeOf(await insert({ name: 'Ada', tags: [] }))).toBe('document/invalid');
  expect(valueOf(await read(({ db }) => db.query('people').count()))).toBe(0);
});

test('ids carry their table: those of other tables, and made-up ones, are refused', async () => {
  const { write } = await world();

  const person = String(valueOf(await write(({ db }) => db.insert('people', { name: 'Ada', tags: [], points: 0n }))));
  const told = await write(async ({ db }) => [
    db.normalizeId('people', person),
    db.normalizeId('tasks', person),
    db.normalizeId('people', 'nonsense'),
  ]);

  expect(person).toMatch(/^[0-9a-z]+$/);
  expect(valueOf(told)).toEqual([person, null, null]);
  expect(codeOf(await write(({ db }) => db.get('tasks', person as never)))).toBe('document/wrong-table');
  expect(codeOf(await write(({ db }) => db.get('nonsense' as never)))).toBe('document/bad-id');
  expect(codeOf(await write(async ({ db }) => await db.insert('tasks', { list: 'a', rank: 1, owner: 'nonsense' })))).toBe(
    'document/invalid',
  );
});

test('patching, replacing or deleting what is not there says so', async () => {
  const { write } = await world();

  const id = valueOf(await write(({ db }) => db.insert('tasks', { list: 'a', rank: 1 }))) as never;
  valueOf(await write(async ({ db }) => (await db.delete(id), null)));

  for (const attempt of [
    ({ db }: MutationCtx<AnyDataModel>) => db.patch(id, { rank: 2 }),
    ({ db }: MutationCtx<AnyDataModel>) => db.replace(id, { list: 'a', rank: 2 }),
    ({ db }: MutationCtx<AnyDataModel>) => db.delete(id),
  ]) {
    expect(codeOf(await write(async (ctx) => (await attempt(ctx), null)))).toBe('document/not-found');
  }
});

test('a unique index holds each key once, and a refused commit writes nothing', async () => {
  const { write, read } = await world();
  const insert = () => write(({ db }) => db.insert('people', { name: 'Ada', tags: [], points: 0n }));

  valueOf(await insert());

  expect(codeOf(await insert())).toBe('document/not-unique');
  expect(valueOf(await read(({ db }) => db.query('people').count()))).toBe(1);
});

test('creation times grow strictly, also within one mutation', async () => {
  const { write } = await world();

  const times = valueOf(
    await write(async ({ db }) => {
      for (let i = 0; i < 50; i++) await db.insert('tasks', { list: 'a', rank: i });
      return (await db.query('tasks').collect()).map((each) => each._creationTime);
    }),
  ) as number[];

  expect(times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0))).toBe(true);
});
