/** Clients that read a listing page by page through delays, cuts and expiries: pages always meet, and end with the truth. */
import { type FunctionReference, isPlainObject, makeFunctionReference, type PaginationResult, type Value } from '@betterbase/core';
import { forEachSeed, type Seeded } from '@betterbase/testing';
import { FakeClock, FakePlatform, type ModelJournal, modelPage, ModelServer } from '@betterbase/testing/fake-server';
import { expect, test } from 'vitest';
import { type BetterBaseClient, createClient, isBetterBaseError, type WatchedQuery } from './index.ts';

interface Data {
  readonly numbers: Set<number>;
}
type Options = { numItems: number; cursor: string | null };

const list: FunctionReference<'query', 'public', { paginationOpts: Options }, PaginationResult<number>> = makeFunctionReference(
  'numbers:list',
);
const toggle: FunctionReference<'mutation', 'public', { number: number }, null> = makeFunctionReference('numbers:toggle');

/** Someone who scrolls down a listing. */
class Reader {
  readonly pages: { readonly cursor: string | null; readonly watched: WatchedQuery<PaginationResult<number>> }[] = [];
  readonly client: BetterBaseClient;
  readonly platform: FakePlatform;
  readonly #random: Seeded;

  constructor(server: ModelServer<Data>, clock: FakeClock, random: Seeded) {
    this.#random = random;
    this.platform = new FakePlatform({ server, clock, random: () => random.next() });
    this.client = createClient({ url: 'https://example.test/p/sim', linger: 100, platform: this.platform });
    this.#load(null);
  }

  act(): void {
    const random = this.#random;
    const last = this.pages.at(-1)?.watched.current().data;
    if (random.chance(0.3) && last !== undefined && !last.isDone && this.pages.length < 8) this.#load(last.continueCursor);
    else if (random.chance(0.1)) void this.pages[random.below(this.pages.length)]?.watched.refetch();
    else void this.client.mutation(toggle, { number: random.below(200) }).catch(() => {});
  }

  /** What is on the screen: every page that has come, up to the first that has not. */
  read(): { readonly numbers: readonly number[]; readonly isDone: boolean; readonly end: string | null } {
    const numbers: number[] = [];
    let end: string | null = null;
    for (const { cursor, watched } of this.pages) {
      const { data } = watched.current();
      if (data === undefined) return { numbers, isDone: false, end };
      expect(cursor, 'a page starts where the one before it ends').toBe(end);
      numbers.push(...data.page);
      if (data.isDone) return { numbers, isDone: true, end };
      end = data.continueCursor;
    }
    return { numbers, isDone: false, end };
  }

  #load(cursor: string | null): void {
    this.pages.push({ cursor, watched: this.client.watch(list, { paginationOpts: { numItems: 5, cursor } }) });
  }
}

function readPage({ numbers }: Data, args: unknown, journal: ModelJournal): Value {
  return modelPage([...numbers], isPlainObject(args) ? args['paginationOpts'] : null, journal);
}

function toggleNumber({ numbers }: Data, args: unknown): Value {
  const { number } = isPlainObject(args) ? args : {};
  if (typeof number !== 'number') throw new Error('These are no arguments of numbers:toggle.');
  if (!numbers.delete(number)) numbers.add(number);
  return null;
}

test('pages neither miss nor repeat anything, whatever comes, goes, and breaks', { timeout: 60_000 }, async () => {
  const seen = { pages: 0, connections: 0 };
  await forEachSeed(100, async (random) => {
    const clock = new FakeClock();
    const data: Data = { numbers: new Set(Array.from({ length: 30 }, () => random.below(200))) };
    const server = new ModelServer<Data>({
      data,
      queries: { 'numbers:list': readPage },
      mutations: { 'numbers:toggle': toggleNumber },
      clock,
      delay: () => random.below(30),
    });
    const readers = [new Reader(server, clock, random), new Reader(server, clock, random)];
    for (let step = 0; step < 100; step += 1) {
      const roll = random.below(100);
      if (roll < 5) server.cutAll();
      else if (roll === 5) server.expireSessions();
      else readers[random.below(2)]?.act();
      await clock.advance(random.chance(0.3) ? random.below(2000) : random.below(20));
      for (const reader of readers) {
        const { numbers } = reader.read();
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      }
    }
    await clock.advance(60_000);

    expect(server.faults).toEqual([]);
    for (const reader of readers) {
      const { numbers, isDone, end } = reader.read();
      const upTo = isDone || end === null ? Number.POSITIVE_INFINITY : Number(end.split(':')[1]);
      expect(numbers).toEqual([...data.numbers].filter((number) => number <= upTo).sort((a, b) => a - b));
      expect(reader.platform.reports.filter((error) => !isBetterBaseError(error) || error.code !== 'session/replaced')).toEqual([]);
      seen.pages += reader.pages.length;
      seen.connections += reader.client.connectionState().connections;
      reader.client.close();
    }
  });

  // The simulation is only worth something if these happen often.
  expect(seen.pages).toBeGreaterThan(500);
  expect(seen.connections).toBeGreaterThan(500);
});
