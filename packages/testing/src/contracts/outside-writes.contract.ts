/** What a store does about programs that write to its database by SQL. */
import { v } from '@betterbase/core';
import { type DocumentWrite, encodeDocumentId, newInternalId, tableNumberOf } from '@betterbase/engine';
import type { DocumentsReport } from '@betterbase/protocol';
import { checkDatabase, type RemoteSql, type RemoteStore } from '@betterbase/providers';
import { describe, expect, test } from 'vitest';
import { StoreDriver } from './store-driver.ts';
import { index, searchIndex, tableOf, uniqueIndex } from './tables.ts';

/** Lends an empty database, a way to it as another program has it, and a store on it; `open` opens another. */
export type LendDatabase = (use: (sql: RemoteSql, open: () => RemoteStore) => Promise<void>) => Promise<void>;

const messages = tableOf(
  'messages',
  { channel: v.string(), body: v.string(), stars: v.optional(v.number()), done: v.optional(v.boolean()), more: v.optional(v.any()) },
  index('by_channel', 'channel'),
  index('by_stars', 'stars'),
  searchIndex('text', 'body'),
);
const users = tableOf(
  'users',
  { name: v.string(), nick: v.optional(v.string()) },
  uniqueIndex('by_name', 'name'),
  uniqueIndex('by_nick', 'nick'),
);

/** A store, and another program beside it. */
class Outsider {
  readonly driver: StoreDriver;
  readonly store: RemoteStore;
  readonly #sql: RemoteSql;

  constructor(driver: StoreDriver, store: RemoteStore, sql: RemoteSql) {
    this.driver = driver;
    this.store = store;
    this.#sql = sql;
  }

  /** The same program beside another store. */
  async beside(store: RemoteStore): Promise<Outsider> {
    return new Outsider(await StoreDriver.open(store), store, this.#sql);
  }

  async write(...texts: string[]): Promise<void> {
    await this.#sql.batch(
      texts.map((sql) => ({ sql, params: [] })),
      'write',
    );
  }

  async ask(text: string): Promise<readonly unknown[]> {
    const [result] = await this.#sql.batch([{ sql: text, params: [] }], 'read');
    return (result?.rows ?? []).map((row) => (row.length === 1 ? row[0] : row));
  }

  /** What `bb provider check` tells of the documents. */
  async report(): Promise<DocumentsReport> {
    const { documents } = await checkDatabase(this.#sql, () => 0);
    if (documents === null) throw new Error('There are documents.');
    return documents;
  }

  /** What takes away what notes others' writes to the table of this number. */
  dropTriggers(number: number): readonly string[] {
    if (this.#sql.dialect === 'postgres') return [`DROP FUNCTION "_bb_out.${number}"() CASCADE`];
    return ['replaces', 'overwrites', 'inserts', 'updates', 'deletes'].map((what) => `DROP TRIGGER "_bb_out.${number}.${what}"`);
  }

  /** What the store hears of: for each document what one field held, and holds. */
  async heard(field: string): Promise<string[]> {
    const all: DocumentWrite[] = [];
    const { version } = await this.store.catchUp({
      now: () => this.driver.now,
      newDocument: (number) => {
        const { _creationTime: creationTime } = this.driver.document('messages', {});
        const random = Uint8Array.from({ length: 10 }, (_, at) => (creationTime * 1024) % (at + 200));
        return { id: encodeDocumentId(number, newInternalId(creationTime, random)), creationTime };
      },
      heard: async (writes) => {
        all.push(...writes);
        return [];
      },
    });
    this.driver.version = version;
    await this.store.look();
    return all.map(({ before, after }) => `${String(before?.[field] ?? '-')} > ${String(after?.[field] ?? '-')}`).toSorted();
  }
}

export function outsideWritesContract(name: string, lend: LendDatabase): void {
  const given = (use: (outsider: Outsider, open: () => RemoteStore) => Promise<void>): (() => Promise<void>) => {
    return () =>
      lend(async (sql, open) => {
        const store = open();
        const driver = await StoreDriver.open(store, messages, users);
        await use(new Outsider(driver, store, sql), open);
      });
  };

  describe(`${name} that others write to`, () => {
    test(
      'gives rows without an id one, and what an engine writes beside them',
      given(async (other) => {
        await other.write(
          "INSERT INTO messages (channel, body, stars, done) VALUES ('a', 'buy milk', 5, TRUE), ('a', 'it''s', 1.25, NULL)",
        );

        expect(await other.heard('body')).toEqual(['- > buy milk', "- > it's"]);

        const [milk, its] = await other.driver.equal('messages', 'by_stars', 5);
        expect(its).toBeUndefined();
        expect(milk).toMatchObject({ channel: 'a', body: 'buy milk', stars: 5, done: true });
        expect(tableNumberOf(milk?._id ?? '')).toBe(other.driver.numberOf('messages'));
        expect(await other.store.get('messages', milk?._id ?? '')).toEqual(milk);
        expect(await other.driver.search('messages', 'text', 'milk', 'body')).toEqual([milk]);
        expect(await other.store.holding('messages')).toBe(2);
      }),
    );

    test(
      'tells of a document once what it was and what it is, however often it was written',
      given(async (other) => {
        await other.driver.insert(
          'messages',
          { channel: 'a', body: 'one', more: { deep: [1, null] } },
          { channel: 'a', body: 'two', stars: -0 },
        );
        await other.write(
          "UPDATE messages SET body = 'middle' WHERE body = 'one'",
          "UPDATE messages SET body = 'last' WHERE body = 'middle'",
          "DELETE FROM messages WHERE body = 'two'",
          "INSERT INTO messages (channel, body) VALUES ('b', 'gone')",
          "DELETE FROM messages WHERE body = 'gone'",
        );

        expect(await other.heard('body')).toEqual(['one > last', 'two > -']);
        expect(await other.driver.read('messages')).toMatchObject([{ body: 'last', more: { deep: [1, null] } }]);
        expect(await other.driver.search('messages', 'text', 'one', 'body')).toEqual([]);
      }),
    );

    test(
      'sees what an upsert changes',
      given(async (other) => {
        await other.driver.insert('users', { name: 'ann' });
        await other.write("INSERT INTO users (name, nick) VALUES ('ann', 'a') ON CONFLICT (name) DO UPDATE SET nick = excluded.nick");

        expect(await other.heard('nick')).toEqual(['- > a']);
        expect(await other.driver.equal('users', 'by_nick', 'a')).toMatchObject([{ name: 'ann' }]);
      }),
    );

    test(
      'takes back what no document can be, and keeps it aside',
      given(async (other) => {
        await other.driver.insert('messages', { channel: 'a', body: 'one', stars: 3 });
        await other.driver.insert('users', { name: 'ann', nick: 'n' });
        await other.write(
          "UPDATE messages SET body = NULL WHERE body = 'one'",
          "INSERT INTO messages (_id, channel, body) VALUES ('mine', 'a', 'two')",
          "INSERT INTO messages (channel, body) VALUES ('a', 'three')",
          "INSERT INTO users (name, nick) VALUES ('bob', 'n')",
        );

        expect(await other.heard('body')).toContain('- > three');

        expect(await other.driver.read('messages')).toMatchObject([{ body: 'one', stars: 3 }, { body: 'three' }]);
        expect(await other.driver.equal('messages', 'by_stars', 3)).toHaveLength(1);
        expect(await other.driver.read('users')).toMatchObject([{ name: 'ann' }]);
        expect(await other.ask('SELECT code FROM _bb_refused ORDER BY code')).toEqual([
          'document/bad-id',
          'document/invalid',
          'document/not-unique',
        ]);
        expect(await other.ask('SELECT COUNT(*) FROM _bb_changes')).toEqual([0]);
      }),
    );

    test(
      'does not take a statement that changes nothing for another engine',
      given(async (other) => {
        await other.driver.insert('users', { name: 'ann' });
        await other.write("UPDATE users SET name = 'bob' WHERE name = 'nobody'", "DELETE FROM users WHERE name = 'nobody'");
        await other.write('UPDATE users SET name = name');

        expect(await other.heard('name')).toEqual([]);
        expect(await other.ask('SELECT COUNT(*) FROM _bb_changes')).toEqual([0]);
      }),
    );

    test(
      'does not note its own commits and migrations, and loses whoever meets those of another engine',
      given(async (other, open) => {
        const zombie = await other.beside(open());
        const [ann] = await other.driver.insert('users', { name: 'ann' });
        if (ann !== undefined) await other.driver.replace('users', ann, { name: 'anna' });
        await other.driver.migrate(
          messages,
          tableOf('users', { name: v.string(), nick: v.optional(v.string()) }, uniqueIndex('by_name', 'name')),
        );

        expect(await other.ask('SELECT COUNT(*) FROM _bb_changes')).toEqual([0]);
        await other.write("INSERT INTO users (name) VALUES ('bob')");
        await expect(zombie.driver.read('users')).rejects.toMatchObject({ code: 'commit/conflict' });
        await expect(zombie.heard('name')).rejects.toMatchObject({ code: 'commit/conflict' });
        expect(zombie.store.lost).toMatchObject({ code: 'commit/conflict' });
        expect(await other.heard('name')).toEqual(['- > bob']);
      }),
    );

    test(
      'puts back what notes others’ writes when it is opened, and the report tells of it before',
      given(async (other, open) => {
        await other.write(...other.dropTriggers(other.driver.numberOf('users')));
        expect((await other.report()).missing).toMatchObject([{ table: 'users', what: 'trigger' }]);

        const again = await other.beside(open());
        expect((await other.report()).missing).toEqual([]);
        await other.write("INSERT INTO users (name, nick) VALUES ('bob', 'b')");

        expect(await again.heard('name')).toEqual(['- > bob']);
      }),
    );

    test(
      'is not opened when somebody has changed its tables, and says what is missing, and what puts it back',
      given(async (other, open) => {
        await other.write('DROP INDEX "messages.by_channel"', 'ALTER TABLE users RENAME TO people');

        const drifted: unknown = await open()
          .open()
          .catch((failure: unknown) => failure);
        expect(drifted).toMatchObject({
          code: 'provider/drifted',
          message: expect.stringContaining('the index `messages.by_channel` of `messages`, the table `users` are missing'),
          details: { sql: [expect.stringContaining('CREATE INDEX "messages.by_channel"')] },
        });
        const { missing } = await other.report();
        expect(missing.map(({ what, name: lost }) => `${what} ${lost}`)).toEqual(['index messages.by_channel', 'table users']);

        await other.write(...missing.flatMap(({ sql }) => sql), 'ALTER TABLE people RENAME TO users');
        await open().open();
        expect((await other.report()).missing).toEqual([]);
      }),
    );

    test(
      'is lost when a statement meets a table that somebody has changed',
      given(async (other) => {
        await other.write('ALTER TABLE users RENAME TO people');

        await expect(other.driver.read('users')).rejects.toMatchObject({ code: 'provider/refused' });
        expect(other.store.lost).toMatchObject({ code: 'provider/refused' });
        await expect(other.store.open()).rejects.toMatchObject({ code: 'provider/drifted' });
      }),
    );

    test(
      'is behind when it is opened after others have written, and catches up then',
      given(async (other, open) => {
        await other.driver.insert('users', { name: 'ann' });
        await other.write("INSERT INTO users (name, nick) VALUES ('bob', 'b')");
        const again = await other.beside(open());

        expect(again.store.isBehind).toBe(true);
        expect(again.driver.version).toBe(other.driver.version);
        await expect(again.driver.read('users')).rejects.toMatchObject({ code: 'commit/conflict' });
        expect(await again.heard('name')).toEqual(['- > bob']);
        expect(await again.store.holding('users')).toBe(2);
      }),
    );
  });
}
