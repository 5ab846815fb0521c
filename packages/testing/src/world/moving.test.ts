import { DatabaseSync } from 'node:sqlite';
import { decodeFromJson, defineSchema, defineTable, encodeToJson, mutation, query, v, type Value } from '@betterbase/core';
import { encodeDocumentId, type ImportTarget, type MoveRequest, type MoveValue, newInternalId } from '@betterbase/engine';
import { EmbeddedStore, nodeDisk } from '@betterbase/providers';
import { describe, expect, test } from 'vitest';
import { TestEngine, valueOf } from './test-engine.ts';

const schema = defineSchema({
  accounts: defineTable({ name: v.string(), cents: v.number() }).uniqueIndex('by_name', ['name']),
  transfers: defineTable({ from: v.id('accounts'), to: v.id('accounts'), cents: v.number() }),
  things: defineTable({ value: v.optional(v.any()) }),
});

const bank = {
  open: mutation({
    args: { name: v.string(), cents: v.number() },
    handler: async ({ db }, account) => await db.insert('accounts', account),
  }),
  move: mutation({
    args: { from: v.id('accounts'), to: v.id('accounts'), cents: v.number() },
    handler: async ({ db }, { from, to, cents }) => {
      const [source, target] = [await db.get(from), await db.get(to)];
      if (source === null || target === null) return;
      await db.patch(from, { cents: source.cents - cents });
      await db.patch(to, { cents: target.cents + cents });
      await db.insert('transfers', { from, to, cents });
    },
  }),
  names: query({ args: {}, handler: async ({ db }) => (await db.query('accounts').collect()).map(({ name }) => name) }),
  one: query({
    args: { id: v.string() },
    handler: async ({ db }, { id }) => (await db.query('accounts').collect()).find(({ _id }) => _id === id)?.name ?? null,
  }),
  ids: query({ args: {}, handler: async ({ db }) => (await db.query('accounts').collect()).map(({ _id }) => _id) }),
};

interface World {
  readonly engine: TestEngine;
  move(request: MoveRequest): Promise<MoveValue>;
}

async function start(disk = nodeDisk(new DatabaseSync(':memory:'))): Promise<World> {
  const engine = await TestEngine.start({ app: { modules: { bank }, schema }, store: new EmbeddedStore(disk) });
  const move = async (request: MoveRequest): Promise<MoveValue> => {
    const [result] = (await engine.turn([{ do: 'move', request }])).results;
    if (result?.do !== 'move') throw new Error('A step was answered with something else.');
    if (result.outcome.ok) return result.outcome.value;
    throw Object.assign(new Error(result.outcome.error.message), result.outcome.error);
  };
  return { engine, move };
}

async function exported({ move }: World, table: string, id = 'e', between: () => Promise<void> = async () => undefined): Promise<string> {
  let text = '';
  let after: number | null = null;
  do {
    const read = await move({ move: 'read-export', id, table, after });
    if (read.move !== 'read-export') throw new Error('Reading was answered with something else.');
    text += read.text;
    after = read.next;
    await between();
  } while (after !== null);
  return text;
}

async function imported({ move }: World, files: Readonly<Record<string, string>>, options: Partial<ImportTarget> = {}, isBatched = false) {
  const tables = Object.keys(files).map((table) => ({ table, mode: 'empty' as const, ...options }));
  await move({ move: 'begin-import', id: 'i', tables, isBatched });
  for (const [table, text] of Object.entries(files)) await move({ move: 'stage', id: 'i', table, from: 1, text });
  return await move({ move: 'finish-import', id: 'i', isTrial: false });
}

const lines = (...documents: readonly object[]): string => documents.map((document) => `${JSON.stringify(document)}\n`).join('');

describe('an export', () => {
  test('and an import of it give back every kind of value, ids and times included', async () => {
    const values: Value[] = [
      null,
      true,
      0,
      -0,
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      5e-324,
      2n ** 63n - 1n,
      -(2n ** 63n),
      '',
      'ünïcödé 🦄 \u0000 \u2028',
      'x'.repeat(300_000),
      new Uint8Array([0, 255]).buffer,
      [],
      [null, [1n, Number.NaN]],
      {},
      { a: { b: [-0, 'c', new ArrayBuffer(0)] }, 'b c': 1 },
    ];
    const from = await start();
    const text = lines({}, ...values.map((value) => ({ value: JSON.parse(encodeToJson(value)) })));
    await imported(from, { things: text });
    await from.move({ move: 'open-export', id: 'e' });
    const first = await exported(from, 'things');

    const to = await start();
    await imported(to, { things: first });
    await to.move({ move: 'open-export', id: 'e' });

    expect(await exported(to, 'things')).toBe(first);
    const found = first
      .trimEnd()
      .split('\n')
      .map((line) => decodeFromJson(line));
    expect(found.map((each) => (each as { value?: Value }).value)).toEqual([undefined, ...values]);
    expect(Object.keys(found[0] ?? {})).toEqual(['_id', '_creationTime']);
  });

  test('is of one version, although transfers go on while it is read', async () => {
    const world = await start();
    const ids: Value[] = [];
    for (let count = 0; count < 200; count++)
      ids.push(valueOf(await world.engine.mutation('bank:open', { name: `n${count}`, cents: 100 })));
    await world.move({ move: 'open-export', id: 'e' });
    let transfers = 0;
    const transfer = async (): Promise<void> => {
      for (let count = 0; count < 20; count++) {
        transfers++;
        await world.engine.mutation('bank:move', {
          from: ids[transfers % 200] ?? '',
          to: ids[(transfers * 7) % 200] ?? '',
          cents: transfers,
        });
      }
    };
    await transfer();
    const accounts = await exported(world, 'accounts', 'e', transfer);
    const moved = await exported(world, 'transfers', 'e', transfer);

    const cents = accounts
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { cents: number }).cents);
    expect(cents).toEqual(Array.from({ length: 200 }, () => 100));
    expect(moved).toBe('');
    expect(transfers).toBeGreaterThan(20);
  });

  test('says what it ends with when the version is not kept any more, and refuses tables that are not there', async () => {
    const world = await start();
    await world.move({ move: 'open-export', id: 'e' });
    await world.move({ move: 'close-export', id: 'e' });

    await expect(exported(world, 'things')).rejects.toMatchObject({ code: 'export/interrupted' });
    await expect(exported(world, '_cron_runs')).rejects.toMatchObject({ code: 'table/not-found' });
    await expect(exported(world, 'sqlite_master')).rejects.toMatchObject({ code: 'table/not-found' });
  });
});

describe('an import', () => {
  test('is seen by whoever watches, all at once', async () => {
    const world = await start();
    const watch = async (query: number): Promise<void> =>
      void (await world.engine.turn([{ do: 'query', query, call: world.engine.call('bank:names'), pinned: true }]));
    await watch(1);
    await world.move({ move: 'begin-import', id: 'i', tables: [{ table: 'accounts', mode: 'empty' }], isBatched: false });
    const staged = await world.engine.turn([
      {
        do: 'move',
        request: { move: 'stage', id: 'i', table: 'accounts', from: 1, text: lines({ name: 'ada', cents: 1 }, { name: 'bob', cents: 2 }) },
      },
    ]);
    expect(staged.refreshed).toEqual([]);

    const { refreshed } = await world.engine.turn([{ do: 'move', request: { move: 'finish-import', id: 'i', isTrial: false } }]);

    expect(refreshed.map(({ outcome }) => outcome)).toEqual([{ ok: true, value: '["ada","bob"]' }]);
  });

  test('that commits as it goes is seen as it goes', async () => {
    const world = await start();
    await world.move({ move: 'begin-import', id: 'i', tables: [{ table: 'accounts', mode: 'empty' }], isBatched: true });
    await world.move({ move: 'stage', id: 'i', table: 'accounts', from: 1, text: lines({ name: 'ada', cents: 1 }) });
    expect(valueOf(await world.engine.query('bank:names'))).toEqual(['ada']);
    await world.move({ move: 'stage', id: 'i', table: 'accounts', from: 2, text: lines({ name: 'bob', cents: 1 }) });

    expect(await world.move({ move: 'finish-import', id: 'i', isTrial: false })).toMatchObject({
      summary: { tables: [{ table: 'accounts', inserted: 2 }] },
    });
    expect(valueOf(await world.engine.query('bank:names'))).toEqual(['ada', 'bob']);
  });

  test('names the first bad lines, what is wrong with each, and takes in nothing', async () => {
    const world = await start();
    const text = `${lines({ name: 'ada', cents: 1 }, { name: 5, cents: 1 })}{"name":\n\n${lines({ name: 'x', cents: 1, _id: 'nonsense' }, { name: 'y', cents: 1, _creationTime: 1e15 }, { name: 'z', cents: { $integer: 'AQ==' } }, { name: 'never looked at' })}`;
    await world.move({ move: 'begin-import', id: 'i', tables: [{ table: 'accounts', mode: 'empty' }], isBatched: false });

    await expect(world.move({ move: 'stage', id: 'i', table: 'accounts', from: 1, text })).rejects.toMatchObject({
      code: 'import/bad-lines',
      details: {
        problems: [
          { line: 2, message: 'accounts.name: expected string, got number 5' },
          { line: 3, message: expect.stringContaining('no JSON') },
          { line: 5, message: expect.stringContaining('_id') },
          { line: 6, message: expect.stringContaining('future') },
          { line: 7, message: expect.stringContaining('$integer') },
        ],
      },
    });
    await world.move({ move: 'finish-import', id: 'i', isTrial: false });
    expect(valueOf(await world.engine.query('bank:names'))).toEqual([]);
  });

  test('passes over lines that it has, so that they can be sent again, and refuses a gap', async () => {
    const world = await start();
    const stage = (from: number, ...names: string[]): Promise<MoveValue> =>
      world.move({ move: 'stage', id: 'i', table: 'accounts', from, text: lines(...names.map((name) => ({ name, cents: 1 }))) });
    await world.move({ move: 'begin-import', id: 'i', tables: [{ table: 'accounts', mode: 'empty' }], isBatched: false });

    expect(await stage(1, 'a', 'b')).toEqual({ move: 'stage', lines: 2 });
    expect(await stage(1, 'a', 'b')).toEqual({ move: 'stage', lines: 2 });
    expect(await stage(2, 'b', 'c')).toEqual({ move: 'stage', lines: 3 });
    await expect(stage(5, 'e')).rejects.toMatchObject({ code: 'http/bad-body' });
    const once = await world.move({ move: 'finish-import', id: 'i', isTrial: false });
    expect(await world.move({ move: 'finish-import', id: 'i', isTrial: false })).toEqual(once);
    expect(valueOf(await world.engine.query('bank:names'))).toEqual(['a', 'b', 'c']);
  });

  test('keeps ids of another project, and those that name them', async () => {
    const world = await start();
    const id = (number: number, time: number): string => encodeDocumentId(number, newInternalId(time, new Uint8Array(10)));
    const [ada, bob] = [id(10_002, 1), id(10_002, 2)];
    await world.move({
      move: 'begin-import',
      id: 'i',
      tables: [
        { table: 'transfers', mode: 'empty', number: 10_001 },
        { table: 'accounts', mode: 'empty', number: 10_002 },
      ],
      isBatched: false,
    });
    await world.move({
      move: 'stage',
      id: 'i',
      table: 'transfers',
      from: 1,
      text: lines({ _id: id(10_001, 3), _creationTime: 3, from: ada, to: bob, cents: 5 }),
    });
    await world.move({
      move: 'stage',
      id: 'i',
      table: 'accounts',
      from: 1,
      text: lines({ _id: ada, name: 'ada', cents: 1 }, { _id: bob, name: 'bob', cents: 1 }),
    });
    await world.move({ move: 'finish-import', id: 'i', isTrial: false });

    expect(valueOf(await world.engine.query('bank:ids'))).toEqual([ada, bob]);
    await world.engine.mutation('bank:move', { from: ada, to: bob, cents: 1 });
    const made = String(valueOf(await world.engine.mutation('bank:open', { name: 'cyd', cents: 0 })));
    expect(made.slice(0, 3)).toBe(ada.slice(0, 3));
  });

  test('belongs to the app that it was begun for', async () => {
    const disk = nodeDisk(new DatabaseSync(':memory:'));
    const world = await start(disk);
    await world.move({ move: 'begin-import', id: 'i', tables: [{ table: 'accounts', mode: 'empty' }], isBatched: false });
    const later = await TestEngine.start({ app: { modules: { bank }, schema }, store: new EmbeddedStore(disk), deployment: 'd2' });
    const [result] = (await later.turn([{ do: 'move', request: { move: 'finish-import', id: 'i', isTrial: false } }])).results;

    expect(result).toMatchObject({ outcome: { error: { code: 'import/outdated' } } });
    await expect(world.move({ move: 'finish-import', id: 'other', isTrial: false })).rejects.toThrow();
  });
});
