import { v, type Value } from '@betterbase/core';
import {
  type DocumentWrite,
  type FieldEquals,
  type FoundDocument,
  type SearchRead,
  searchTerms,
  type StoredDocument,
} from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { deletion, insertion, type LendStore, replaced, StoreDriver } from './store-driver.ts';
import { searchIndex, tableOf } from './tables.ts';

const fields = { text: v.string(), room: v.optional(v.string()), author: v.optional(v.object({ name: v.string() })) };
const messages = tableOf('messages', fields, searchIndex('by_text', 'text', 'room', 'author.name'));

/** How a store searches text. */
export function searchStoreContract(name: string, lend: LendStore): void {
  describe(`${name} searching text`, () => {
    it('finds documents with any of the terms, or one that begins with the last', () =>
      lend(async (open) => {
        const { find } = await filled(open, 'The quick brown fox', 'quicksilver', 'a lazy dog', 'FOX!');

        expect(await find('fox')).toEqual(['FOX!', 'The quick brown fox']);
        expect(await find('qui')).toEqual(['quicksilver', 'The quick brown fox']);
        expect(await find('qui dog')).toEqual(['a lazy dog']);
        expect(await find('quick, dog')).toEqual(expect.arrayContaining(['a lazy dog', 'The quick brown fox']));
        expect(await find('cat')).toEqual([]);
      }));

    it('puts the document first that says it more often in fewer words, and the newest of equals', () =>
      lend(async (open) => {
        const others = ['tea', 'milk', 'water', 'juice', 'wine', 'beer'];
        const long = 'coffee and a long talk about other things';
        const { driver, find } = await filled(open, 'coffee', 'coffee', long, 'coffee coffee', ...others);
        const [older, newer] = await driver.read('messages');
        const found = await driver.store.search(searchFor('coffee'), []);

        expect(texts(found)).toEqual(['coffee coffee', 'coffee', 'coffee', long]);
        expect(documents(found).slice(1, 3)).toEqual([newer, older]);
        expect(await find('coffee', { limit: 2 })).toEqual(['coffee coffee', 'coffee']);
      }));

    it('knows the letters of every script, and nothing of its own language', () =>
      lend(async (open) => {
        const { find } = await filled(open, 'Čaj a ÉCLAIR', 'ein "AND" (OR) NOT * : ^', 'e\u0301clair', '日本 語', 'terms filters f0x01');

        expect(await find('éclair')).toEqual(['e\u0301clair', 'Čaj a ÉCLAIR']);
        expect(await find('not')).toEqual(['ein "AND" (OR) NOT * : ^']);
        expect(await find('日')).toEqual(['日本 語']);
        expect(await find('f0x01 x')).toEqual(['terms filters f0x01']);
      }));

    it('filters by equality, of missing and nested fields too', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), messages);
        const all = [{ text: 'hi 1', room: 'a' }, { text: 'hi 2', room: 'b' }, { text: 'hi 3' }, { text: 'hi 4', author: { name: 'ada' } }];
        const [, inB, alone, byAda] = await driver.insert('messages', ...all);
        const filtered = async (...filters: FieldEquals[]): Promise<StoredDocument[]> =>
          documents(await driver.store.search(searchFor('hi', { filters }), []));

        expect(await filtered({ field: 'room', value: 'b' })).toEqual([inB]);
        expect(await filtered({ field: 'room', value: undefined })).toEqual([byAda, alone]);
        expect(await filtered({ field: 'room', value: undefined }, { field: 'author.name', value: 'ada' })).toEqual([byAda]);
        expect(await filtered({ field: 'room', value: 1 })).toEqual([]);
      }));

    it('tells filter values apart that begin alike for long', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), messages);
        const long = 'x'.repeat(500);
        const [one] = await driver.insert('messages', { text: 'hi', room: `${long}1` }, { text: 'hi', room: `${long}2` });

        expect(documents(await driver.store.search(searchFor('hi', { filters: [{ field: 'room', value: `${long}1` }] }), []))).toEqual([
          one,
        ]);
      }));

    it('follows changes and deletions', () =>
      lend(async (open) => {
        const { driver, find, one, two } = await oneAndTwo(open);
        await driver.replace('messages', one, { text: 'three' });
        await driver.delete('messages', two);

        expect([await find('one'), await find('two'), await find('three')]).toEqual([[], [], ['three']]);
      }));

    it('sees pending writes and forgets them', () =>
      lend(async (open) => {
        const { driver, find, one, two } = await oneAndTwo(open);
        const added = driver.document('messages', { text: 'two three' });
        const changed = replaced(one, { text: 'two' });
        const pending: DocumentWrite[] = [
          deletion('messages', two),
          insertion('messages', added),
          { table: 'messages', id: one._id, before: one, after: changed },
        ];

        const found = documents(await driver.store.search(searchFor('two'), pending));

        expect(found).toEqual([changed, added]);
        expect([await find('one'), await find('two')]).toEqual([['one'], ['two']]);
      }));

    it('searches what was there before the index, and after a change of the table', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), tableOf('messages', fields));
        const bird = async (): Promise<Value[]> => texts(await driver.store.search(searchFor('bird'), []));
        await driver.insert('messages', { text: 'early bird' });
        await driver.migrate(messages);
        const added = await bird();
        await driver.migrate(tableOf('messages', { ...fields, text: v.union(v.string(), v.number()) }, ...messages.indexes));
        const rewritten = await bird();
        await driver.migrate(tableOf('messages', fields, searchIndex('by_text', 'text')));
        const changed = await bird();
        await driver.migrate(tableOf('messages', fields));

        expect([added, rewritten, changed]).toEqual([['early bird'], ['early bird'], ['early bird']]);
        await expect(bird()).rejects.toMatchObject({ code: 'index/not-found' });
      }));

    it('forgets a table that goes, and finds in it again when it comes back', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), messages);
        await driver.migrate();
        await driver.migrate(messages);
        await driver.insert('messages', { text: 'again' });

        expect(texts(await driver.store.search(searchFor('again'), []))).toEqual(['again']);
      }));
  });
}

/** A search as the engine makes it. */
export function searchFor(text: string, rest: Partial<SearchRead> = {}): SearchRead {
  return { table: 'messages', index: 'by_text', field: 'text', ...searchTerms(text), filters: [], limit: 100, ...rest };
}

type Open = Parameters<Parameters<LendStore>[0]>[0];
type Find = (text: string, rest?: Partial<SearchRead>) => Promise<Value[]>;

async function filled(open: Open, ...all: string[]): Promise<{ readonly driver: StoreDriver; readonly find: Find }> {
  const driver = await StoreDriver.open(open(), messages);
  await driver.insert('messages', ...all.map((text) => ({ text })));
  return { driver, find: async (text, rest = {}) => texts(await driver.store.search(searchFor(text, rest), [])) };
}

async function oneAndTwo(
  open: Open,
): Promise<{ readonly driver: StoreDriver; readonly find: Find; readonly one: StoredDocument; readonly two: StoredDocument }> {
  const { driver, find } = await filled(open, 'one', 'two');
  const [one, two] = await driver.read('messages');
  if (one === undefined || two === undefined) throw new Error('They were inserted.');
  return { driver, find, one, two };
}

function documents(found: readonly FoundDocument[]): StoredDocument[] {
  return found.map(({ document }) => document);
}

function texts(found: readonly FoundDocument[]): Value[] {
  return found.map(({ document }) => document['text'] ?? null);
}
