import { changedKeys, type IndexFields, touchedKeys } from './touched-keys.ts';
import type { DocumentWrite } from '../ports/document-store.ts';
import type { ReadSet } from '../transaction/read-set.ts';
import type { FunctionCall } from '../turn/turn.ts';
import { type IntervalNode, IntervalTree } from './interval-tree.ts';
import { type SearchReader, SearchReaders } from './search-readers.ts';
import { watchedFields } from './watched-fields.ts';

export interface LiveQuery {
  readonly number: number;
  readonly call: FunctionCall;
  pinned: boolean;
  hash: string;
  /** Where its pages end; null if it has none. */
  readonly journal: string | null;
  readonly reads: ReadSet;
  readonly intervals: readonly { readonly space: string; readonly node: IntervalNode }[];
  readonly searches: readonly SearchReader[];
}

/**
 * The queries whose answers somebody holds, and what each of them read.
 *
 * Holds: an interval tree for each index, who read which document by id, who searches for which terms.
 * Does not hold: answers.
 * Always true: a write inside what a query read finds the query; a write outside does not.
 */
export class LiveQueries {
  readonly #queries = new Map<number, LiveQuery>();
  readonly #spaces = new Map<string, IntervalTree>();
  /** Of each table the fields by which rows of it are watched, by the name of their order. */
  readonly #watched = new Map<string, Map<string, readonly string[]>>();
  readonly #readers = new Map<string, Set<number>>();
  /** By table, then by searched field. */
  readonly #searches = new Map<string, Map<string, SearchReaders>>();

  get size(): number {
    return this.#queries.size;
  }

  get(number: number): LiveQuery | undefined {
    return this.#queries.get(number);
  }

  /** Remembers what the newest run of a query read, in place of what an older run had. */
  set(
    number: number,
    run: {
      readonly call: FunctionCall;
      readonly pinned: boolean;
      readonly hash: string;
      readonly reads: ReadSet;
      readonly journal: string | null;
    },
  ): void {
    this.forget(number);
    const intervals = run.reads.ranges.map((range) => {
      const space = spaceOf(range.table, range.index);
      let tree = this.#spaces.get(space);
      if (tree === undefined) {
        tree = new IntervalTree();
        this.#spaces.set(space, tree);
        this.#watch(range);
      }
      return { space, node: tree.add(range.lower, range.upper, number) };
    });
    for (const id of run.reads.ids) {
      const readers = this.#readers.get(id);
      if (readers === undefined) this.#readers.set(id, new Set([number]));
      else readers.add(number);
    }
    const searches = run.reads.searches.map((read) => ({ read, owner: number }));
    for (const search of searches) this.#addSearch(search);
    this.#queries.set(number, {
      number,
      call: run.call,
      pinned: run.pinned,
      hash: run.hash,
      journal: run.journal,
      reads: run.reads,
      intervals,
      searches,
    });
  }

  forget(number: number): void {
    const query = this.#queries.get(number);
    if (query === undefined) return;
    this.#queries.delete(number);
    for (const { space, node } of query.intervals) {
      const tree = this.#spaces.get(space);
      if (tree === undefined) continue;
      tree.remove(node);
      if (!tree.isEmpty) continue;
      this.#spaces.delete(space);
      const [table = '', index = ''] = partsOf(space);
      this.#watched.get(table)?.delete(index);
    }
    for (const id of query.reads.ids) {
      const readers = this.#readers.get(id);
      if (readers === undefined) continue;
      readers.delete(number);
      if (readers.size === 0) this.#readers.delete(id);
    }
    for (const search of query.searches) this.#removeSearch(search);
  }

  clear(): void {
    this.#queries.clear();
    this.#spaces.clear();
    this.#watched.clear();
    this.#readers.clear();
    this.#searches.clear();
  }

  /** Adds to `touched` every query that read what these writes changed. */
  collectTouched(writes: readonly DocumentWrite[], indexes: IndexFields, touched: Set<number>): void {
    if (this.#queries.size === 0) return;
    const hit = (number: number): void => {
      touched.add(number);
    };
    for (const write of writes) {
      this.#readers.get(write.id)?.forEach(hit);
      for (const [index, fields] of indexes(write.table)) {
        const tree = this.#spaces.get(spaceOf(write.table, index));
        if (tree === undefined) continue;
        for (const key of touchedKeys(write, fields)) tree.stab(key, hit);
      }
      for (const [index, fields] of this.#watched.get(write.table) ?? []) {
        const tree = this.#spaces.get(spaceOf(write.table, index));
        for (const key of changedKeys(write, fields)) tree?.stab(key, hit);
      }
      this.#searches.get(write.table)?.forEach((readers) => readers.collect(write, hit));
    }
  }

  /** Adds every query that read anything of these tables, or a document by its id: which table that was, its id may not say any more. */
  collectReaders(tables: readonly string[], touched: Set<number>): void {
    const spaces = tables.map((table) => spaceOf(table, ''));
    for (const { number, reads, intervals, searches } of this.#queries.values()) {
      const isReader =
        reads.ids.size > 0 ||
        intervals.some(({ space }) => spaces.some((each) => space.startsWith(each))) ||
        searches.some(({ read }) => tables.includes(read.table));
      if (isReader) touched.add(number);
    }
  }

  #watch({ table, index }: ReadSet['ranges'][number]): void {
    const fields = watchedFields(index);
    if (fields === null) return;
    const orders = this.#watched.get(table) ?? new Map<string, readonly string[]>();
    this.#watched.set(table, orders.set(index, fields));
  }

  #addSearch(search: SearchReader): void {
    const { table, field } = search.read;
    const fields = this.#searches.get(table) ?? new Map<string, SearchReaders>();
    const readers = fields.get(field) ?? new SearchReaders(field);
    readers.add(search);
    fields.set(field, readers);
    this.#searches.set(table, fields);
  }

  #removeSearch(search: SearchReader): void {
    const { table, field } = search.read;
    const fields = this.#searches.get(table);
    const readers = fields?.get(field);
    readers?.remove(search);
    if (readers?.isEmpty === true) fields?.delete(field);
    if (fields?.size === 0) this.#searches.delete(table);
  }
}

function spaceOf(table: string, index: string): string {
  return `${table}/${index}`;
}

/** No name of a table has a slash in it. */
function partsOf(space: string): readonly string[] {
  const at = space.indexOf('/');
  return [space.slice(0, at), space.slice(at + 1)];
}
