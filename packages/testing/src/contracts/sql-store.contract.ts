import { v } from '@betterbase/core';
import type { DocumentWrite, SqlResult, SqlScalar, SqlStore, StoredDocument } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { insertion, replaced, type LendStore, type Store, StoreDriver } from './store-driver.ts';
import { index, tableOf, uniqueIndex } from './tables.ts';

const tasks = tableOf(
  'tasks',
  {
    text: v.string(),
    done: v.boolean(),
    rank: v.optional(v.number()),
    tags: v.optional(v.array(v.string())),
    size: v.optional(v.int64()),
  },
  index('by_rank', 'rank'),
  uniqueIndex('by_text', 'text'),
);
const notes = tableOf('notes', { text: v.string(), code: v.optional(v.number()) }, uniqueIndex('by_code', 'code'));

/** How a store runs SQL. */
export function sqlStoreContract(name: string, lend: LendStore): void {
  const using = (work: (world: World) => Promise<void>) => () => lend(async (open) => await work(await World.open(open())));

  describe(`${name} running SQL`, () => {
    it(
      'tells what an UPDATE makes of documents, and keeps nothing of it',
      using(async (world) => {
        const [first, second] = await world.driver.insert(
          'tasks',
          { text: 'a', done: false },
          { text: 'b', done: false, rank: Number.NaN },
        );

        const { changes, columns, rows } = await world.write("UPDATE tasks SET done = 1 WHERE text >= ? RETURNING text || '!' AS said", [
          'a',
        ]);

        expect({ columns, rows }).toEqual({ columns: ['said'], rows: [['a!'], ['b!']] });
        expect(changes).toEqual([
          { table: 'tasks', id: first?._id, before: first, after: { ...first, done: true } },
          { table: 'tasks', id: second?._id, before: second, after: { ...second, done: true } },
        ]);
        expect(await world.driver.read('tasks')).toEqual([first, second]);
      }),
    );

    it(
      'gives new documents the ids and times that the transaction has for them, also to RETURNING',
      using(async (world) => {
        const { changes, rows } = await world.write(
          'INSERT INTO tasks (text, done, tags) VALUES (?, ?, ?), (?, ?, NULL) RETURNING _id, _creationTime, text',
          ['a', 1, '["x"]', 'b', 0],
        );

        expect(rows).toEqual(world.made.map(({ id, creationTime }, at) => [id, creationTime, 'ab'[at]]));
        expect(changes.map(({ after }) => after)).toEqual([
          { _id: world.made[0]?.id, _creationTime: world.made[0]?.creationTime, text: 'a', done: true, tags: ['x'] },
          { _id: world.made[1]?.id, _creationTime: world.made[1]?.creationTime, text: 'b', done: false },
        ]);
        expect(await world.driver.read('tasks')).toEqual([]);
      }),
    );

    it(
      'inserts what a SELECT finds, however much it is, and refuses more than it may be',
      using(async (world) => {
        const numbers = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)';
        const insert = `${numbers} INSERT INTO tasks (text, done) SELECT 't' || i, i % 2 FROM n ORDER BY i DESC`;

        expect((await world.write(insert, [3])).changes.map(({ after }) => after?.['text'])).toEqual(['t3', 't2', 't1']);
        expect((await world.write(insert, [900])).changes).toHaveLength(900);
        await expect(world.write(insert, [1_001])).rejects.toMatchObject({ code: 'function/writes-too-much' });
      }),
    );

    it(
      'deletes, and says what was deleted',
      using(async (world) => {
        const [, second] = await world.driver.insert('tasks', { text: 'a', done: false }, { text: 'b', done: true });

        const { changes, rows } = await world.write('DELETE FROM tasks WHERE done RETURNING _id');

        expect(rows).toEqual([[second?._id]]);
        expect(changes).toEqual([{ table: 'tasks', id: second?._id, before: second, after: null }]);
      }),
    );

    it(
      'sees what is pending, and starts from it',
      using(async (world) => {
        const [kept, gone, changed] = await world.driver.insert(
          'tasks',
          { text: 'a', done: false },
          { text: 'b', done: false },
          { text: 'c', done: false },
        );
        if (kept === undefined || gone === undefined || changed === undefined) throw new Error('They were inserted.');
        const added = world.driver.document('tasks', { text: 'd', done: false, rank: -0 });
        const after = replaced(changed, { text: 'b', done: true });
        world.pending = [
          { table: 'tasks', id: gone._id, before: gone, after: null },
          { table: 'tasks', id: changed._id, before: changed, after },
          insertion('tasks', added),
        ];

        expect((await world.read("SELECT _updatedTime FROM tasks WHERE text = 'd'")).rows).toEqual([[1_800_000_000_000]]);
        expect((await world.read('SELECT text, done FROM tasks ORDER BY text')).rows).toEqual([
          ['a', 0],
          ['b', 1],
          ['d', 0],
        ]);
        expect(
          (await world.write("UPDATE tasks SET text = text || '+'")).changes.map((each) => [
            each.before,
            each.after?.['text'],
            each.after?.['rank'],
          ]),
        ).toEqual([
          [kept, 'a+', undefined],
          [after, 'b+', undefined],
          [added, 'd+', -0],
        ]);
        expect((await world.write("INSERT INTO tasks (text, done) VALUES ('c', 0)")).changes).toHaveLength(1);
      }),
    );

    it(
      'keeps what SQL has no word for in fields that the statement leaves alone, and no longer in those that it sets',
      using(async (world) => {
        const [task] = await world.driver.insert('tasks', { text: 'a', done: false, rank: Number.NaN, size: 2n ** 60n });

        const [kept, set] = [
          await world.write('UPDATE tasks SET done = ?2 WHERE text = ?1', ['a', 1]),
          await world.write('UPDATE tasks SET rank = 2, size = 3'),
        ];

        expect(kept.changes[0]?.after).toEqual({ ...task, done: true });
        expect(set.changes[0]?.after).toEqual({ ...task, rank: 2, size: 3n });
      }),
    );

    it.each([
      ["UPDATE tasks SET done = 'yes'", '`done` should be 0 or 1'],
      ["UPDATE tasks SET tags = '[1'", '`tags` should be JSON text'],
      ['UPDATE tasks SET size = 0.5', '`size` should be an integer below 2^53'],
      ['UPDATE tasks SET _extra = \'{"text":1}\'', '`_extra` is written by the database alone'],
    ])('names the row that %s makes unreadable', (sql, message) =>
      lend(async (open) => {
        const world = await World.open(open());
        const [task] = await world.driver.insert('tasks', { text: 'a', done: false });

        await expect(world.write(sql)).rejects.toMatchObject({
          code: 'document/invalid',
          message: expect.stringContaining(`row \`${task?._id}\` of \`tasks\`: ${message}`),
        });
      }),
    );

    it(
      'inserts or updates by a unique index',
      using(async (world) => {
        const [task] = await world.driver.insert('tasks', { text: 'a', done: false });
        const upsert =
          "INSERT INTO tasks (text, done) VALUES ('a', 0), ('b', 0) ON CONFLICT (text) DO UPDATE SET done = 1 RETURNING text, done";

        const { rows, changes } = await world.write(upsert);
        const ignored = await world.write("INSERT OR IGNORE INTO tasks (text, done) VALUES ('a', 1), ('c', 1) RETURNING text");

        expect(rows).toEqual([
          ['a', 1],
          ['b', 0],
        ]);
        expect(changes.map(({ before, after }) => [before, after?.['text']])).toEqual([
          [task, 'a'],
          [null, 'b'],
        ]);
        expect(ignored.rows).toEqual([['c']]);
        await expect(world.write("INSERT INTO tasks (text, done) VALUES ('a', 1)")).rejects.toMatchObject({ code: 'document/not-unique' });
      }),
    );

    it.each([
      ['INSERT OR REPLACE INTO tasks (text, done) VALUES (1, 1)', 'replace documents unseen'],
      ['REPLACE INTO tasks (text, done) VALUES (1, 1)', 'replace documents unseen'],
      ['INSERT INTO tasks VALUES (1, 1)', 'does not name its columns'],
      ['INSERT INTO tasks DEFAULT VALUES', 'does not name its columns'],
      ['INSERT INTO tasks (_id, text) VALUES (1, 1)', 'it names `_id`'],
      ['INSERT INTO tasks (rowid, text) VALUES (1, 1)', 'it names `rowid`'],
      ['INSERT INTO tasks (text, done) VALUES (1)', '1 values for 2 columns'],
      ['UPDATE tasks SET rank = ?', 'it has 1 parameters, and 0 were given'],
      ["UPDATE tasks SET _id = 'x'", 'changes `_id`'],
      ['UPDATE tasks SET rowid = 5', 'changes `_id` or the place'],
      ['UPDATE OR REPLACE tasks SET done = 1', 'UPDATE OR'],
      ['INSERT INTO notes (text) VALUES (1) ON CONFLICT DO NOTHING', 'unique index `by_code`'],
      ['UPDATE tasks SET missing = 1', 'no such column: missing'],
      ['DELETE FROM _bb_meta', 'not in the schema'],
      ['DELETE FROM sqlite_master', 'not in the schema'],
      ['DROP TABLE tasks', 'does not begin with'],
      ['CREATE TABLE x (a)', 'does not begin with'],
      ['PRAGMA foreign_keys = 0', 'does not begin with'],
      ["ATTACH 'x' AS y", 'does not begin with'],
      ['DELETE FROM tasks; DELETE FROM notes', 'more than one statement'],
      ['WITH replace AS (SELECT 1) DROP TABLE tasks', 'does not begin with'],
    ])('refuses %s', (sql, message) =>
      lend(async (open) => {
        const world = await World.open(open());
        const [task] = await world.driver.insert('tasks', { text: 'a', done: false });

        await expect(world.write(sql)).rejects.toMatchObject({ code: 'query/bad-sql', message: expect.stringContaining(message) });
        expect(await world.driver.read('tasks')).toEqual([task]);
      }),
    );

    it(
      'writes only where it may',
      using(async (world) => {
        await expect(world.read('DELETE FROM tasks')).rejects.toMatchObject({ message: expect.stringContaining('it writes') });
        await expect(world.read('WITH x AS (SELECT 1) DELETE FROM tasks')).rejects.toMatchObject({ code: 'query/bad-sql' });
      }),
    );

    it(
      'says what was looked into: the document of an id if it can be no other, else whole tables',
      using(async (world) => {
        const [task] = await world.driver.insert('tasks', { text: 'a', done: false });
        const id = task?._id ?? '';
        const looked = async (sql: string, ...params: SqlScalar[]): Promise<unknown> => {
          const { id, tables } = await world.read(sql, params);
          return id ?? tables;
        };

        expect(await looked('SELECT text, rank + 1 FROM tasks WHERE _id = ?', id)).toBe(id);
        for (const wide of [
          'SELECT * FROM tasks WHERE _id = ? OR done = 1',
          "SELECT * FROM tasks WHERE _id = ? || ''",
          'SELECT * FROM tasks WHERE _id >= ?',
          'SELECT * FROM tasks WHERE _id IN (?, 1)',
          'SELECT *, (SELECT count(*) FROM tasks) FROM tasks WHERE _id = ?',
        ])
          expect(await looked(wide, id)).toEqual(['tasks']);
        expect(await looked('SELECT 1 FROM tasks, notes WHERE tasks._id = ?', id)).toEqual(['tasks', 'notes']);
        expect(await looked('SELECT value FROM json_each(?)', '[1]')).toEqual([]);
      }),
    );

    it(
      'shows the columns of documents and no others',
      using(async (world) => {
        await world.driver.insert('tasks', { text: 'a', done: false, rank: 1 });
        const columns = ['_id', '_creationTime', '_updatedTime', 'text', 'done', 'rank', 'tags', 'size'];

        const [read, written] = [await world.read('SELECT * FROM tasks'), await world.write('UPDATE tasks SET done = 1 RETURNING *')];

        expect(new Set(read.columns)).toEqual(new Set(columns));
        expect(read.rows[0]).toHaveLength(columns.length);
        expect(written.columns).toEqual(read.columns);
        expect(written.rows[0]?.[read.columns.indexOf('done')]).toBe(1);
      }),
    );

    it(
      'gives columns of the same name each its own, in the order that was asked for, and names them where there are no rows',
      using(async (world) => {
        const [one, other] = await world.driver.insert('tasks', { text: 'a', done: false }, { text: 'b', done: true });
        const pairs = 'SELECT one._id, other._id FROM tasks one JOIN tasks other ON other.text > one.text ORDER BY one.text DESC';

        expect(await world.read(pairs)).toMatchObject({ columns: ['_id', '_id'], rows: [[one?._id, other?._id]] });
        expect(await world.read('SELECT text, code FROM notes')).toMatchObject({ columns: ['text', 'code'], rows: [] });
        expect((await world.read('SELECT text, text FROM tasks ORDER BY text DESC')).rows).toEqual([
          ['b', 'b'],
          ['a', 'a'],
        ]);
      }),
    );

    it(
      'leaves nothing behind, not even when a document was written last',
      using(async (world) => {
        const [task] = await world.driver.insert('tasks', { text: 'a', done: false });
        if (task === undefined) throw new Error('It was inserted.');
        const written = () => world.read('SELECT _id, _updatedTime, text FROM tasks ORDER BY _id');
        const before = await written();
        world.pending = [{ table: 'tasks', id: task._id, before: task, after: replaced(task, { text: 'b', done: true }) }];

        await world.write("UPDATE tasks SET text = 'c'");
        await world.write('DELETE FROM tasks');
        await expect(world.write("UPDATE tasks SET tags = json('no')")).rejects.toThrow();
        world.pending = [];

        expect(await written()).toEqual(before);
        expect(await world.driver.read('tasks')).toEqual([task]);
      }),
    );

    it(
      'says how a statement would be run',
      using(async ({ store }) => {
        const { steps, compared } = await store.explain(
          'SELECT n.code FROM tasks AS t JOIN notes n ON n.text = t.text WHERE t.done = ? ORDER BY n.code',
          [1],
        );

        expect(compared.map(({ field }) => field)).toEqual(['text', 'done']);
        expect(steps.some(({ scans }) => scans === 'tasks' || scans === 'notes')).toBe(true);
        expect(steps.at(-1)?.words).toBe('Sorts in memory for ORDER BY.');
        await expect(store.explain('DROP TABLE tasks', [])).rejects.toMatchObject({ code: 'query/bad-sql' });
      }),
    );
  });
}

/** Runs statements as a transaction does. */
class World {
  readonly driver: StoreDriver;
  readonly store: SqlStore;
  readonly made: { readonly id: string; readonly creationTime: number }[] = [];
  pending: readonly DocumentWrite[] = [];

  constructor(driver: StoreDriver, store: SqlStore) {
    this.driver = driver;
    this.store = store;
  }

  static async open(store: Store): Promise<World> {
    const driver = await StoreDriver.open(store, tasks, notes);
    return new World(driver, driver.sql);
  }

  read(sql: string, params: readonly SqlScalar[] = []): Promise<SqlResult> {
    return this.store.execute({ sql, params, pending: (table) => this.#pendingOf(table), now: 1_800_000_000_000, writes: null });
  }

  write(sql: string, params: readonly SqlScalar[] = []): Promise<SqlResult> {
    const newDocument = (table: string): { readonly id: string; readonly creationTime: number } => {
      const { _id: id, _creationTime: creationTime }: StoredDocument = this.driver.document(table, {});
      this.made.push({ id, creationTime });
      return { id, creationTime };
    };
    const writes = { newDocument, most: 1_000 };
    return this.store.execute({ sql, params, pending: (table) => this.#pendingOf(table), now: 1_800_000_000_000, writes });
  }

  #pendingOf(table: string): readonly DocumentWrite[] {
    return this.pending.filter((write) => write.table === table);
  }
}
