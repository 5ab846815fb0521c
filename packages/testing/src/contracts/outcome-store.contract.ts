import type { CommitBatch } from '@betterbase/engine';
import { describe, expect, it } from 'vitest';
import { insertion, type LendStore, StoreDriver } from './store-driver.ts';
import { notes } from './tables.ts';

/** What every outcome store promises. */
export function outcomeStoreContract(name: string, lend: LendStore): void {
  describe(`${name} as an outcome store`, () => {
    it('finds an outcome by its request, with the version it made', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.commit([], outcomeOf('session', '1', 'first'));
        await driver.commit([], outcomeOf('session', '2', 'second'));

        expect(await driver.store.find({ session: 'session', id: '2' })).toEqual({
          version: 3,
          ...outcomeOf('session', '2', 'second').outcome,
        });
        expect(await driver.store.find({ session: 'session', id: '3' })).toBeNull();
        expect(await driver.store.find({ session: 'other', id: '2' })).toBeNull();
      }));

    it('keeps an outcome exactly when it keeps the documents', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const note = driver.document('notes', { owner: 'ada', text: 'hello', rank: 1 });

        const refused = driver.commit([insertion('notes', note)], { ...outcomeOf('session', '1', 'done'), basedOn: driver.version + 1 });

        await expect(refused).rejects.toMatchObject({ code: 'commit/conflict' });
        expect(await driver.store.find({ session: 'session', id: '1' })).toBeNull();
        await driver.commit([insertion('notes', note)], outcomeOf('session', '1', 'done'));
        expect(await driver.store.find({ session: 'session', id: '1' })).toMatchObject({ outcome: 'done' });
      }));

    it('refuses a second outcome for a request, with all that came with it', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.commit([], outcomeOf('session', '1', 'first'));
        const note = driver.document('notes', { owner: 'ada', text: 'hello', rank: 1 });

        const refused = driver.commit([insertion('notes', note)], outcomeOf('session', '1', 'second'));

        await expect(refused).rejects.toMatchObject({ code: 'request/duplicate' });
        expect(await driver.read('notes')).toEqual([]);
        expect(await driver.store.find({ session: 'session', id: '1' })).toMatchObject({ outcome: 'first' });
      }));

    it('lists what was answered since a version, oldest first, with and without session', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.commit([], outcomeOf('session', '1', 'one'));
        await driver.commit([], outcomeOf(null, 'x', 'two'));
        await driver.commit([]);
        await driver.commit([], outcomeOf(null, 'x', 'three'));

        expect((await driver.store.since(0)).map(({ version, outcome }) => [version, outcome])).toEqual([
          [2, 'one'],
          [3, 'two'],
          [5, 'three'],
        ]);
        expect((await driver.store.since(3)).map(({ outcome }) => outcome)).toEqual(['three']);
        expect(await driver.store.find({ session: null, id: 'x' })).toBeNull();
      }));

    it('forgets what its client holds, and nothing else', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        for (const id of ['9', '10', '11']) await driver.commit([], outcomeOf('session', id, id));
        await driver.commit([], outcomeOf('session', 'word', 'word'));
        await driver.commit([], outcomeOf('other', '1', 'other'));

        await driver.store.forget('session', 10);

        expect((await driver.store.since(0)).map(({ request }) => request.id)).toEqual(['11', 'word', '1']);
      }));

    it('sweeps sessionless outcomes up to a version, and all that were recorded before a time', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.commit([], { ...outcomeOf(null, 'x', 'one'), now: 1_000 });
        await driver.commit([], { ...outcomeOf('session', '1', 'two'), now: 2_000 });
        await driver.commit([], { ...outcomeOf(null, 'x', 'three'), now: 3_000 });
        await driver.commit([], { ...outcomeOf('session', '2', 'four'), now: 4_000 });

        await driver.store.sweep(2, 0);
        expect((await driver.store.since(0)).map(({ outcome }) => outcome)).toEqual(['two', 'three', 'four']);
        await driver.store.sweep(0, 3_000);
        expect((await driver.store.since(0)).map(({ outcome }) => outcome)).toEqual(['three', 'four']);
        await driver.store.sweep(5, 0);
        expect((await driver.store.since(0)).map(({ outcome }) => outcome)).toEqual(['four']);
      }));

    it('knows version and time after a restart, also when every outcome was forgotten', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        await driver.insert('notes', { owner: 'ada', text: 'hello', rank: 1 });
        for (const session of ['session', null]) {
          await driver.commit([], outcomeOf(session, '1', 'one'));
          await driver.store.forget('session', 1);
          await driver.store.sweep(driver.version, Number.MAX_SAFE_INTEGER);

          expect(await open().open()).toMatchObject({ version: driver.version, time: driver.time });
        }
      }));

    it('keeps an outcome of several megabytes whole', () =>
      lend(async (open) => {
        const driver = await StoreDriver.open(open(), notes);
        const outcome = `a${'😀'.repeat(1_200_000)}é`;

        await driver.commit([], outcomeOf('session', '1', outcome));
        await driver.commit([], outcomeOf('session', '2', 'small'));

        expect((await driver.store.find({ session: 'session', id: '1' }))?.outcome).toBe(outcome);
        await driver.store.forget('session', 1);
        expect((await driver.store.since(0)).map((each) => each.outcome)).toEqual(['small']);
      }));
  });
}

function outcomeOf(session: string | null, id: string, outcome: string): Pick<CommitBatch, 'outcome'> & { outcome: object } {
  return { outcome: { request: { session, id }, identity: 'digest', outcome } };
}
