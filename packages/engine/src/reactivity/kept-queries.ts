import type { DocumentWrite } from '../ports/document-store.ts';
import type { FindableQuery, KeptQuery, KeptQueryStore } from '../ports/kept-query-store.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import { decodeKept, encodeKept } from './kept-text.ts';
import type { LiveQueries } from './live-queries.ts';
import { pointsOf, pointsOfWrites } from './points.ts';

/** Longer texts are not kept: such a query runs again after sleep. */
const longestText = 256 * 1024;
/** A commit with more points brings all kept queries into memory at once. */
const mostPoints = 20_000;
/** After this many look-ups on disk it pays to bring the rest into memory, so many with each commit. */
const patientLookUps = 64;
const broughtAtOnce = 256;

const noStale: readonly number[] = [];

/**
 * Live queries on disk, for when this memory is lost.
 *
 * Holds: which of those in memory are on disk as they are, and which are not yet.
 * Does not hold: what they read (`LiveQueries`).
 * Always true: before a commit decides whom it touches, every kept query that it may touch is in memory; a kept query that
 * is touched is stale on disk in the same commit.
 */
export class KeptQueries {
  readonly #store: KeptQueryStore;
  readonly #live: LiveQueries;
  /** In memory, and on disk the same. */
  readonly #same = new Set<number>();
  /** Watched, and not on disk as they are now. */
  readonly #changed = new Set<number>();
  /** Forgotten here, and perhaps on disk still. */
  readonly #dropped = new Set<number>();
  /** Whether some may be on disk alone. */
  #areResting = false;
  #lookUps = 0;
  #broughtUpTo = 0;

  constructor(store: KeptQueryStore, live: LiveQueries) {
    this.#store = store;
    this.#live = live;
  }

  /** How many are not on disk as they are. */
  get unkept(): number {
    return this.#changed.size + this.#dropped.size;
  }

  /** All that was in memory is forgotten; what rests on disk goes on. Returns those that are stale: they must run again. */
  async wake(): Promise<readonly number[]> {
    this.clear();
    this.#areResting = await this.#store.has();
    if (!this.#areResting) return [];
    const stale = await this.#store.stale();
    for (const query of stale) this.#bring(query);
    for (const { number } of stale) this.ran(number);
    return stale.map(({ number }) => number);
  }

  /** Nothing is kept any more, here or on disk. */
  clear(): void {
    this.#live.clear();
    this.#same.clear();
    this.#changed.clear();
    this.#dropped.clear();
    this.#areResting = false;
    this.#lookUps = 0;
    this.#broughtUpTo = 0;
  }

  /** A watched query has run, or must. */
  ran(number: number): void {
    this.#same.delete(number);
    this.#dropped.delete(number);
    this.#changed.add(number);
  }

  /** Nobody watches it any more. */
  forgotten(number: number, { mayRest = false }: { readonly mayRest?: boolean } = {}): void {
    const wasKept = this.#same.delete(number);
    const wasWatched = this.#changed.delete(number);
    if (wasKept || wasWatched || (mayRest && this.#areResting)) this.#dropped.add(number);
  }

  /** Brings into memory what these writes may touch. */
  async prepare(writes: readonly DocumentWrite[], catalog: TableCatalog): Promise<void> {
    if (!this.#areResting || writes.length === 0) return;
    const points = pointsOfWrites(
      writes,
      (table) => catalog.find(table)?.indexes ?? [],
      (table) => searchedFields(catalog, table),
    );
    if (points.length > mostPoints) {
      while (this.#areResting) await this.#bringMore();
      return;
    }
    const found = await this.#store.at(points);
    const resting = found.filter((number) => this.#isResting(number));
    if (resting.length > 0) for (const query of await this.#store.read(resting)) this.#bring(query);
    this.#lookUps += 1;
    if (this.#lookUps > patientLookUps) await this.#bringMore();
  }

  /** Documents change that nobody names: all come into memory, and all are stale on disk in the same commit. */
  async doubt(): Promise<void> {
    while (this.#areResting) await this.#bringMore();
    for (const number of this.#same) this.ran(number);
  }

  /** Those of the touched that are on disk as if nothing had happened. */
  among(touched: ReadonlySet<number>): readonly number[] {
    if (this.#same.size === 0 || touched.size === 0) return noStale;
    return [...touched].filter((number) => this.#same.has(number));
  }

  /** A commit has made them stale on disk. While it was under way they may have run again, or been forgotten. */
  markedStale(numbers: readonly number[]): void {
    for (const number of numbers) if (this.#same.has(number)) this.ran(number);
  }

  /** Puts up to `most` of those that have changed on disk. */
  async keep(most: number): Promise<void> {
    const queries: FindableQuery[] = [];
    for (const number of this.#changed) {
      if (queries.length >= most) break;
      queries.push(this.#toKept(number));
    }
    const dropped = [...this.#dropped].slice(0, most);
    if (queries.length === 0 && dropped.length === 0) return;
    await this.#store.keep(queries, dropped);
    for (const number of dropped) this.#dropped.delete(number);
    for (const { number } of queries) {
      this.#changed.delete(number);
      this.#same.add(number);
    }
  }

  /** Which of these are not kept. `isAll`: others that are kept are forgotten. */
  async resume(numbers: readonly number[], isAll: boolean): Promise<readonly number[]> {
    const kept = new Set(await this.#store.among(numbers));
    if (isAll) {
      await this.#store.retain(numbers);
      for (const number of [...this.#same, ...this.#changed]) {
        if (kept.has(number)) continue;
        this.#live.forget(number);
        this.#same.delete(number);
        this.#changed.delete(number);
      }
      this.#areResting = this.#areResting && kept.size > 0;
    }
    return numbers.filter((number) => !kept.has(number));
  }

  #isResting(number: number): boolean {
    return this.#live.get(number) === undefined && !this.#dropped.has(number);
  }

  #bring({ number, text }: KeptQuery): void {
    this.#live.set(number, { ...decodeKept(text), pinned: true });
    this.#same.add(number);
  }

  async #bringMore(): Promise<void> {
    const more = await this.#store.after(this.#broughtUpTo, broughtAtOnce);
    for (const query of more) if (this.#isResting(query.number)) this.#bring(query);
    this.#broughtUpTo = more.at(-1)?.number ?? this.#broughtUpTo;
    if (more.length < broughtAtOnce) this.#areResting = false;
  }

  #toKept(number: number): FindableQuery {
    const query = this.#live.get(number);
    if (query === undefined) throw new Error(`Live query ${number} is watched, and not there.`);
    const text = encodeKept(query);
    if (text.length <= longestText) return { number, text, points: pointsOf(query.reads), isStale: false };
    const reads = { ranges: [], ids: new Set<string>(), searches: [] };
    return { number, text: encodeKept({ ...query, reads }), points: [], isStale: true };
  }
}

function* searchedFields(catalog: TableCatalog, table: string): Iterable<string> {
  for (const { searchField } of catalog.find(table)?.searches.values() ?? []) yield searchField;
}
