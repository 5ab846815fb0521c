import { v } from '@betterbase/core';
import { encodeDocumentId, type ImportTable, newInternalId, type StoredDocument } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { type LendStore, StoreDriver } from './store-driver.ts';
import { countedIndex, index, searchIndex, tableOf, uniqueIndex } from './tables.ts';

const users = tableOf('users', { email: v.string() }, uniqueIndex('by_email', 'email'));
const posts = tableOf(
  'posts',
  { author: v.optional(v.id('users', { onDelete: 'restrict' })), text: v.string() },
  index('by_text', 'text'),
  countedIndex('by_author', 'author'),
  searchIndex('search', 'text'),
);

const songs = tableOf(
  'songs',
  { embedding: v.vector(2), genre: v.string() },
  { kind: 'vector', name: 'near', vectorField: 'embedding', dimensions: 2, filterFields: ['genre'] },
);

/** What every store promises that takes in documents all at once. */
export function importStoreContract(name: string, lend: LendStore): void {
  const withImport = (use: (world: ImportWorld) => Promise<void>): Promise<void> =>
    lend(async (open) => use(new ImportWorld(await StoreDriver.open(open(), users, posts), () => StoreDriver.open(open()))));

  describe(`${name} as an import store`, () => {
    it('shows nothing before the end, and all of it after', () =>
      withImport(async (world) => {
        const ada = world.document(1, { email: 'ada' });
        await world.begin('users', 'posts');
        await world.stage('users', ada);
        await world.stage('posts', world.document(2, { author: ada._id, text: 'hello world' }));

        expect(await world.driver.read('users')).toEqual([]);
        const { summary } = await world.finish();

        expect(summary.tables).toEqual([
          { table: 'users', inserted: 1, replaced: 0, deleted: 0 },
          { table: 'posts', inserted: 1, replaced: 0, deleted: 0 },
        ]);
        expect(await world.driver.read('users')).toEqual([ada]);
        expect(await world.driver.equal('posts', 'by_author', ada._id)).toHaveLength(1);
        expect(await world.found('world')).toEqual(['hello world']);
        expect(await world.counted('posts')).toEqual([1, 1]);
      }));

    it('goes on after a restart with what was staged', () =>
      withImport(async (world) => {
        const ada = world.document(1, { email: 'ada' });
        await world.begin('users');
        await world.stage('users', ada);
        const again = new ImportWorld(await world.restart(), () => world.restart());

        expect((await again.driver.imports.find('i'))?.lines.get('users')).toBe(1);
        await again.finish();

        expect(await again.driver.read('users')).toEqual([ada]);
        expect((await again.driver.imports.find('i'))?.finished?.tables).toHaveLength(1);
      }));

    it('forgets what is staged when the import is dropped', () =>
      withImport(async (world) => {
        await world.begin('users');
        await world.stage('users', world.document(1, { email: 'ada' }));
        await world.driver.imports.drop('i');

        expect(await world.driver.imports.find('i')).toBeNull();
        await expect(world.finish()).rejects.toMatchObject({ code: 'import/not-found' });
        expect(await world.driver.read('users')).toEqual([]);
      }));

    it('refuses a table that has documents, unless it is told what becomes of them', () =>
      withImport(async (world) => {
        await world.driver.insert('users', { email: 'ada' });

        await expect(world.begin('users')).rejects.toMatchObject({ code: 'import/table-not-empty' });
        await world.driver.insert('posts', { text: 'x' });
        await world.begin({ table: 'posts', mode: 'append' });
      }));

    it('refuses a table that got documents in the meantime', () =>
      withImport(async (world) => {
        await world.begin('users');
        await world.stage('users', world.document(1, { email: 'ada' }));
        await world.driver.insert('users', { email: 'bob' });

        await expect(world.finish()).rejects.toMatchObject({ code: 'import/table-not-empty' });
        expect(await world.driver.read('users')).toHaveLength(1);
      }));

    it('adds documents, but none whose id or unique key is taken', () =>
      withImport(async (world) => {
        const [bob] = await world.driver.insert('users', { email: 'bob' });
        if (bob === undefined) throw new Error('One document was inserted.');
        await world.begin({ table: 'users', mode: 'append' });
        await world.stage('users', world.document(1, { email: 'ada' }), { ...bob, email: 'new' }, world.document(3, { email: 'bob' }));

        await expect(world.finish()).rejects.toMatchObject({
          code: 'import/bad-lines',
          details: {
            problems: [
              { table: 'users', line: 2, message: expect.stringContaining('already') },
              { table: 'users', line: 3, message: expect.stringContaining('by_email') },
            ],
          },
        });
        expect(await world.driver.read('users')).toEqual([bob]);
      }));

    it('replaces the documents that have an imported id, and keeps the others', () =>
      withImport(async (world) => {
        const [ada, bob] = await world.driver.insert('posts', { text: 'ada writes' }, { text: 'bob writes' });
        if (ada === undefined || bob === undefined) throw new Error('Two documents were inserted.');
        const cyd = world.document(1, { text: 'cyd writes' });
        await world.begin({ table: 'posts', mode: 'upsert' });
        await world.stage('posts', { ...ada, text: 'ada sings' }, cyd);

        expect((await world.finish()).summary.tables).toEqual([{ table: 'posts', inserted: 1, replaced: 1, deleted: 0 }]);
        expect(await world.driver.read('posts')).toEqual([cyd, { ...ada, text: 'ada sings' }, bob]);
        expect(await world.found('writes')).toEqual(['bob writes', 'cyd writes']);
        expect(await world.found('sings')).toEqual(['ada sings']);
        expect(await world.counted('posts')).toEqual([3, 3]);
      }));

    it('puts a key from one document on another when both are imported', () =>
      withImport(async (world) => {
        const [ada, bob] = await world.driver.insert('users', { email: 'ada' }, { email: 'bob' });
        if (ada === undefined || bob === undefined) throw new Error('Two documents were inserted.');
        await world.begin({ table: 'users', mode: 'upsert' });
        await world.stage('users', { ...ada, email: 'bob' }, { ...bob, email: 'ada' });
        await world.finish();

        expect(await world.driver.equal('users', 'by_email', 'ada')).toMatchObject([{ _id: bob._id }]);
      }));

    it('removes what was there when the table is replaced, unless it is still named', () =>
      withImport(async (world) => {
        const [ada] = await world.driver.insert('users', { email: 'ada' });
        const [post] = await world.driver.insert('posts', { author: ada?._id ?? '', text: 'hello' });
        await world.begin({ table: 'users', mode: 'replace' });
        await world.stage('users', world.document(1, { email: 'bob' }));

        await expect(world.finish()).rejects.toMatchObject({
          code: 'import/bad-lines',
          details: { problems: [{ table: 'posts', line: null, id: post?._id }] },
        });
        expect(await world.driver.read('users')).toEqual([ada]);

        await world.begin({ table: 'users', mode: 'replace' }, { table: 'posts', mode: 'replace' });
        await world.stage('posts', world.document(1, { text: 'alone' }));
        const { summary } = await world.finish();
        expect(summary.tables.map(({ deleted }) => deleted)).toEqual([1, 1]);
        expect(await world.found('hello')).toEqual([]);
        expect(await world.found('alone')).toEqual(['alone']);
        expect(await world.counted('posts')).toEqual([1, 1]);
      }));

    it('refuses a foreign key that names no document, with its line', () =>
      withImport(async (world) => {
        const ada = world.document(1, { email: 'ada' });
        await world.begin('posts');
        await world.stage('posts', world.document(2, { text: 'x' }), world.document(3, { author: ada._id, text: 'y' }));

        await expect(world.finish()).rejects.toMatchObject({
          code: 'import/bad-lines',
          details: { problems: [{ table: 'posts', line: 2, message: expect.stringContaining('author') }] },
        });
      }));

    it('refuses two lines with one id or one unique key as they come, and keeps none of that batch', () =>
      withImport(async (world) => {
        const ada = world.document(1, { email: 'ada' });
        await world.begin('users');
        await world.stage('users', ada);

        await expect(world.stage('users', world.document(2, { email: 'bob' }), ada)).rejects.toMatchObject({
          details: { problems: [{ line: 3, message: expect.stringContaining('line 1') }] },
        });
        await expect(world.stage('users', world.document(3, { email: 'ada' }))).rejects.toMatchObject({
          details: { problems: [{ line: 2, message: expect.stringContaining('line 1') }] },
        });
        await world.finish();
        expect(await world.driver.read('users')).toEqual([ada]);
      }));

    it('gives every document a time of its own', () =>
      withImport(async (world) => {
        const [there] = await world.driver.insert('posts', { text: 'there' });
        const time = there?._creationTime ?? 0;
        await world.begin({ table: 'posts', mode: 'append' });
        const lines = ['a', 'b', 'c'].map((text, position) => ({ ...world.document(position, { text }), _creationTime: time }));
        await world.stage('posts', ...lines);
        const { time: newest } = await world.finish();

        const stored = await world.driver.read('posts');
        expect(stored.map(({ text }) => text)).toEqual(['there', 'a', 'b', 'c']);
        expect(stored.map(({ _creationTime }) => (_creationTime - time) * 4096)).toEqual([0, 1, 2, 3]);
        expect(newest).toBeGreaterThanOrEqual(time + 3 / 4096);
      }));

    it('takes over the numbers of the ids, also when tables change theirs among each other', () =>
      withImport(async (world) => {
        const numbers = { users: world.numberOf('posts'), posts: world.numberOf('users') };
        const ada = {
          email: 'ada',
          _id: encodeDocumentId(numbers.users, newInternalId(1.7e12, new Uint8Array(10))),
          _creationTime: 1.7e12,
        };
        await world.begin(
          { table: 'users', mode: 'empty', number: numbers.users },
          { table: 'posts', mode: 'empty', number: numbers.posts },
        );
        await world.stage('users', ada);
        const { schema } = await world.finish();

        const named = Object.fromEntries(schema.tables.map((table) => [table.name, table.number]));
        expect(named).toMatchObject(numbers);
        expect((await (await world.restart()).store.open()).schema).toEqual(schema);
      }));

    it('gives an empty table that is in the way another number, and never takes one from documents', () =>
      withImport(async (world) => {
        const wanted = { table: 'posts', mode: 'empty', number: world.numberOf('users') } as const;
        await world.begin(wanted);
        const schema = (await world.driver.imports.find('i'))?.schema;
        expect(schema?.tables.find((table) => table.name === 'posts')?.number).toBe(wanted.number);
        expect(new Set(schema?.tables.map((table) => table.number)).size).toBe(2);

        await world.driver.insert('users', { email: 'ada' });
        await expect(world.begin(wanted)).rejects.toMatchObject({ code: 'import/ids-clash' });
        await expect(world.begin({ table: 'users', mode: 'append', number: 77 })).rejects.toMatchObject({ code: 'import/ids-clash' });
        await world.begin({ table: 'users', mode: 'replace', number: 77 });
      }));

    it('changes nothing when it is only tried', () =>
      withImport(async (world) => {
        await world.begin('users');
        await world.stage('users', world.document(1, { email: 'ada' }));

        expect((await world.finish('try')).summary.tables).toMatchObject([{ inserted: 1 }]);
        expect(await world.driver.read('users')).toEqual([]);
        await world.finish();
        expect(await world.driver.read('users')).toHaveLength(1);
      }));

    it('commits part by part, and replaces only once', () =>
      withImport(async (world) => {
        await world.driver.insert('posts', { text: 'old' });
        await world.begin({ table: 'posts', mode: 'replace' }, 'batched');
        await world.stage('posts', world.document(1, { text: 'one' }));
        await world.finish('part');
        expect((await world.driver.read('posts')).map(({ text }) => text)).toEqual(['one']);
        await world.stage('posts', world.document(2, { text: 'two' }));
        const { summary } = await world.finish();

        expect((await world.driver.read('posts')).map(({ text }) => text)).toEqual(['one', 'two']);
        expect(summary.tables).toEqual([{ table: 'posts', inserted: 2, replaced: 0, deleted: 1 }]);
      }));

    it('leaves tables that can be imported again, and changed by a deployment', () =>
      withImport(async (world) => {
        for (const text of ['first', 'second', 'third']) {
          await world.begin({ table: 'posts', mode: 'replace' });
          await world.stage('posts', world.document(1, { text }), world.document(2, { text: `${text} too` }));
          await world.finish();
          await world.begin({ table: 'posts', mode: 'append' });
          await world.stage('posts', world.document(3, { text: 'more' }));
          await world.finish();
          expect(await world.found(text)).toEqual([text, `${text} too`]);
        }
        const [document] = await world.driver.read('posts');
        await world.driver.delete('posts', document ?? world.document(0, { text: '' }));
        await world.driver.migrate(
          users,
          tableOf(
            'posts',
            { text: v.string(), author: v.optional(v.id('users')) },
            index('by_author', 'author'),
            searchIndex('search', 'text'),
          ),
        );
        const again = await world.restart();

        expect((await again.read('posts')).map(({ text }) => text)).toEqual(['third too', 'more']);
        expect(await world.found('third')).toEqual(['third too']);
      }));

    it.each(['replace', 'append', 'upsert'] as const)('compares the vectors that came, and no others (%s)', (mode) =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), songs);
        const [old] = await driver.insert('songs', { embedding: [1, 0], genre: 'rock' });
        if (old === undefined) throw new Error('It was inserted.');
        await driver.imports.begin('i', { tables: [{ table: 'songs', mode }], isBatched: false }, 'deployment-1', driver.now);
        const added = driver.document('songs', { embedding: [0.8, 0.6], genre: 'jazz' });
        const documents = [added, ...(mode === 'upsert' ? [{ ...old, embedding: [0, 1] }] : [])];
        await driver.imports.stage(
          'i',
          'songs',
          documents.map((document, at) => ({ line: at + 1, document })),
          2,
          driver.now,
        );
        const { version, time, now } = driver;
        await driver.imports.finish('i', { basedOn: version, version: version + 1, time, now, extent: 'whole' });

        const read = {
          table: 'songs',
          field: 'embedding',
          vector: [1, 0],
          metric: 'cosine',
          anyOf: [],
          leastScore: 0.5,
          limit: 9,
        } as const;
        const near = (await driver.store.nearest(read, [])).near.map(({ id }) => id);

        expect(near).toEqual(mode === 'append' ? [old._id, added._id] : [added._id]);
      }),
    );

    it('ends snapshots that are open', () =>
      withImport(async (world) => {
        await world.driver.snapshots.open('s', world.driver.now);
        await world.begin('users');
        await world.stage('users', world.document(1, { email: 'ada' }));
        await world.finish();

        expect(await world.driver.snapshots.read({ snapshot: 's', table: 'users', after: null }, world.driver.now)).toBeNull();
      }));

    it('refuses a commit that was decided on an older version', () =>
      withImport(async (world) => {
        await world.begin('users');
        await world.stage('users', world.document(1, { email: 'ada' }));
        world.driver.version -= 1;

        await expect(world.finish()).rejects.toMatchObject({ code: 'commit/conflict' });
      }));
  });
}

class ImportWorld {
  readonly driver: StoreDriver;
  readonly restart: () => Promise<StoreDriver>;
  #lines = new Map<string, number>();

  constructor(driver: StoreDriver, restart: () => Promise<StoreDriver>) {
    this.driver = driver;
    this.restart = restart;
  }

  numberOf(table: string): number {
    return this.driver.numberOf(table);
  }

  /** A document from elsewhere, older than all that are here. */
  document(age: number, fields: { readonly [field: string]: string }): StoredDocument {
    const time = 1_600_000_000_000 + age;
    const table = 'email' in fields ? 'users' : 'posts';
    return { ...fields, _id: encodeDocumentId(this.numberOf(table), newInternalId(time, new Uint8Array(10))), _creationTime: time };
  }

  /** The word `batched` says that it is. */
  async begin(...tables: readonly (string | ImportTable)[]): Promise<void> {
    this.#lines = new Map();
    const isBatched = tables.includes('batched');
    const plan = tables
      .filter((table) => table !== 'batched')
      .map((table) => (typeof table === 'string' ? ({ table, mode: 'empty' } as const) : table));
    await this.driver.imports.begin('i', { tables: plan, isBatched }, 'deployment-1', this.driver.now);
  }

  async stage(table: string, ...documents: readonly StoredDocument[]): Promise<void> {
    const done = this.#lines.get(table) ?? 0;
    const lines = documents.map((document, position) => ({ line: done + position + 1, document }));
    await this.driver.imports.stage('i', table, lines, done + lines.length, this.driver.now);
    this.#lines.set(table, done + lines.length);
  }

  async finish(extent: 'try' | 'part' | 'whole' = 'whole') {
    const { driver } = this;
    const version = driver.version + 1;
    const done = await driver.imports.finish('i', { basedOn: driver.version, version, time: driver.time, now: driver.now, extent });
    if (extent !== 'try') driver.version = version;
    return done;
  }

  async found(word: string): Promise<unknown[]> {
    const read = { table: 'posts', index: 'search', field: 'text', terms: [word], prefix: null, filters: [], limit: 10 };
    return (await this.driver.store.search(read, [])).map(({ document }) => document['text']).sort();
  }

  /** The whole table, and by its counted index. */
  async counted(table: string): Promise<number[]> {
    const all = { prefix: [], inclusive: true };
    const whole = await this.driver.store.count({ table, index: 'by_creation_time', lower: all, upper: all });
    const below = { prefix: ['zzz'], inclusive: true };
    return [whole, await this.driver.store.count({ table, index: 'by_author', lower: all, upper: below })];
  }
}
