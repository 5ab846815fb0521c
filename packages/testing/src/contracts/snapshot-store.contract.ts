import { v } from '@betterbase/core';
import { snapshotLife, type StoredDocument } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { forEachSeed } from '../random/seeded.ts';
import { deletion, insertion, type LendStore, replaced, StoreDriver } from './store-driver.ts';
import { notes, tableOf } from './tables.ts';

const note = { owner: 'ada', text: 'hello', rank: 1 };

/** What every store promises that can keep a version readable. */
export function snapshotStoreContract(name: string, lend: LendStore, runs = 20): void {
  describe(`${name} as a snapshot store`, () => {
    it('gives the documents of a table as they were, whatever is committed meanwhile', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const before = await driver.insert('notes', ...Array.from({ length: 100 }, (_, rank) => ({ ...note, rank })));
        const [first, second] = before;
        if (first === undefined || second === undefined) throw new Error('A hundred documents were inserted.');

        expect((await driver.snapshots.open('s', driver.now)).get('notes')).toBe(100);
        await driver.replace('notes', first, { ...note, text: 'changed' });
        await driver.delete('notes', second);
        await driver.insert('notes', { ...note, text: 'new' });

        expect(await readAll(driver, 's', 'notes')).toEqual(before);
      }));

    it('keeps what a document was at first, not what it became in between', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const [document] = await driver.insert('notes', note);
        if (document === undefined) throw new Error('One document was inserted.');
        await driver.snapshots.open('s', driver.now);

        const changed = await driver.replace('notes', document, { ...note, text: 'second' });
        await driver.replace('notes', changed, { ...note, text: 'third' });

        expect(await readAll(driver, 's', 'notes')).toEqual([document]);
      }));

    it('keeps several snapshots apart', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const one = await driver.insert('notes', note);
        await driver.snapshots.open('one', driver.now);
        const two = await driver.insert('notes', note);
        await driver.snapshots.open('two', driver.now);
        await driver.insert('notes', note);

        expect(await readAll(driver, 'one', 'notes')).toEqual(one);
        expect(await readAll(driver, 'two', 'notes')).toEqual([...one, ...two]);
      }));

    it('does not know a snapshot that was closed, never opened, or forgotten because nobody read it', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.snapshots.open('closed', driver.now);
        await driver.snapshots.close('closed');
        await driver.snapshots.close('closed');
        await driver.snapshots.open('old', driver.now);

        expect(await readAll(driver, 'closed', 'notes')).toBeNull();
        expect(await readAll(driver, 'never', 'notes')).toBeNull();
        driver.now += snapshotLife + 1;
        await driver.insert('notes', note);
        expect(await readAll(driver, 'old', 'notes')).toBeNull();
      }));

    it('closes all snapshots when the schema changes', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.snapshots.open('s', driver.now);
        await driver.migrate(notes, tableOf('more', { text: v.string() }));

        expect(await readAll(driver, 's', 'notes')).toBeNull();
      }));

    it('never shows anything of a later version, wherever reading stands when commits come', () =>
      forEachSeed(runs, (random) =>
        lend(async (open) => {
          const driver = await StoreDriver.open(open(), notes);
          let documents = await driver.insert('notes', ...Array.from({ length: 150 }, (_, rank) => ({ ...note, rank })));
          documents = await churn(driver, documents, () => random.below(3));
          const truth = [...documents];
          await driver.snapshots.open('s', driver.now);

          const seen: StoredDocument[] = [];
          let after: number | null = null;
          do {
            const page = await driver.snapshots.read({ snapshot: 's', table: 'notes', after }, driver.now);
            if (page === null) throw new Error('The snapshot is open.');
            seen.push(...page.documents);
            after = page.next;
            documents = await churn(driver, documents, () => random.below(3));
          } while (after !== null);

          expect(seen).toEqual(truth);
        }),
      ));
  });
}

/** Changes a third, deletes a third, in one commit, and inserts a few. */
async function churn(driver: StoreDriver, documents: readonly StoredDocument[], chance: () => number): Promise<StoredDocument[]> {
  const left: StoredDocument[] = [];
  const writes = documents.flatMap((document) => {
    const what = chance() + chance() + chance();
    if (what === 0) return [deletion('notes', document)];
    if (what > 2) {
      left.push(document);
      return [];
    }
    const after = replaced(document, { ...note, rank: chance() });
    left.push(after);
    return [{ table: 'notes', id: document._id, before: document, after }];
  });
  const created = [driver.document('notes', note), driver.document('notes', note)];
  await driver.commit([...writes, ...created.map((after) => insertion('notes', after))]);
  return [...left, ...created];
}

async function readAll({ snapshots, now }: StoreDriver, snapshot: string, table: string) {
  const documents: StoredDocument[] = [];
  let after: number | null = null;
  do {
    const page = await snapshots.read({ snapshot, table, after }, now);
    if (page === null) return null;
    documents.push(...page.documents);
    after = page.next;
  } while (after !== null);
  return documents;
}
