/**
 * Counts of an index, so that a range is counted without walking along it.
 *
 * The index is cut into runs, each with the number of its documents; runs are cut into longer runs, and so on. A run of a
 * level begins at every document whose place says so (`heightOf`), one in 128 on the average: nothing ever has to be
 * balanced. A document that is no beginning changes one number a level.
 *
 * Always true: on each level the runs lie end to end from the lowest key on, and add up to the number of documents.
 */
import type { IndexManifest } from '@betterbase/core';
import {
  type DocumentWrite,
  indexKey,
  keyFields,
  keyValues,
  lowerBoundKey,
  type RangeEnd,
  type StoredDocument,
  upperBoundKey,
} from '@betterbase/engine';
import { decodeBoundary, encodeBoundary, heightOf } from './count-boundary.ts';
import { CountRuns, lowestRun, type Run } from './count-runs.ts';
import type { SideIndex } from './side-index.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

export interface CountRange {
  readonly index: string;
  readonly lower: RangeEnd;
  readonly upper: RangeEnd;
}

/** What a counted index needs of its table. */
export interface CountedTable {
  readonly home: string;
  /** Counts by walking. */
  walk(range: CountRange): number;
  /** Calls `visit` with every document in the order of an index. */
  eachInOrder(index: string, visit: (document: StoredDocument) => void): void;
}

type Manifest = Extract<IndexManifest, { kind: 'index' }>;

interface Change {
  readonly document: StoredDocument;
  readonly key: string;
  readonly by: 1 | -1;
}

const everything: RangeEnd = { prefix: [], inclusive: true };

export class CountedIndex implements SideIndex {
  readonly manifest: Manifest;
  readonly #table: CountedTable;
  readonly #runs: CountRuns;
  readonly #fields: readonly string[];
  readonly #bits: number;

  /** @param bits how rarely a run begins: at one document in 2 ** bits. */
  constructor(disk: SqlDisk, manifest: Manifest, table: CountedTable, bits = 7) {
    this.manifest = manifest;
    this.#table = table;
    this.#bits = bits;
    this.#runs = new CountRuns(disk, table.home, manifest.name);
    this.#fields = keyFields(manifest.name, manifest.fields);
  }

  create(): void {
    this.#runs.create();
    const open: Run[] = [lowestRun(0)];
    let seen = 0;
    this.#table.eachInOrder(this.manifest.name, (document) => {
      const height = this.#heightOf(document);
      while (open.length < height) open.push(lowestRun(seen));
      for (const [position, run] of open.entries()) {
        if (position >= height) open[position] = { ...run, count: run.count + 1 };
        else {
          this.#runs.insert(position + 1, run);
          open[position] = { first: this.#keyOf(document), boundary: this.#boundaryOf(document), count: 1 };
        }
      }
      seen++;
    });
    for (const [position, run] of open.entries()) this.#runs.insert(position + 1, run);
  }

  drop(): void {
    this.#runs.drop();
  }

  apply(writes: readonly DocumentWrite[]): number {
    const changes = this.#changes(writes);
    let rows = 0;
    for (const [position, change] of changes.entries()) {
      const height = this.#heightOf(change.document);
      if (height === 0) rows += this.#runs.change(1, this.#runs.levels(), change.key, change.by);
      else if (change.by < 0) rows += this.#join(change.key, height);
      else rows += this.#cut(change, height, changes.slice(position + 1));
    }
    return rows;
  }

  /** How many documents are in a range. */
  count(range: CountRange): number {
    const start = this.#runs.firstFrom(1, lowerBoundKey(range.lower));
    const end = this.#runs.lastUpTo(1, upperBoundKey(range.upper));
    if (start === null || end === null || start.first >= end.first) return this.#table.walk(range);
    const before =
      start.first === '' ? 0 : this.#table.walk({ ...range, upper: { prefix: decodeBoundary(start.boundary), inclusive: false } });
    const behind = this.#table.walk({ ...range, lower: { prefix: decodeBoundary(end.boundary), inclusive: true } });
    return before + this.#between(1, start.first, end.first) + behind;
  }

  /** Documents from one beginning of a level to another: by longer runs as far as these fit. */
  #between(level: number, from: string, to: string): number {
    const start = this.#runs.firstFrom(level + 1, from);
    const end = this.#runs.lastUpTo(level + 1, to);
    if (start === null || end === null || start.first >= end.first) return this.#runs.sum(level, from, to);
    return (
      this.#runs.sum(level, from, start.first) + this.#between(level + 1, start.first, end.first) + this.#runs.sum(level, end.first, to)
    );
  }

  /** A beginning goes: on its levels, what it began is the end of the run before. */
  #join(key: string, height: number): number {
    let rows = 0;
    for (let level = 1; level <= height; level++) rows += this.#runs.join(level, key);
    return rows + this.#runs.change(height + 1, this.#runs.levels(), key, -1);
  }

  /** A beginning comes: on its levels it takes the end of a run, with what is in there. */
  #cut(change: Change, height: number, later: readonly Change[]): number {
    const { key, document } = change;
    const levels = this.#runs.levels();
    const boundary = this.#boundaryOf(document);
    let rows = 0;
    for (let level = 1; level <= height; level++) {
      if (level > levels) rows += this.#runs.insert(level, lowestRun(this.#runs.sum(level - 1, '', null) - 1));
      const next = this.#runs.firstAbove(level, key);
      const own = level === 1 ? 1 + this.#walkBehind(change, next, later) : this.#runs.sum(level - 1, key, next?.first ?? null);
      rows += this.#runs.cut(level, { first: key, boundary, count: own });
    }
    return rows + this.#runs.change(height + 1, levels, key, 1);
  }

  /** The documents between a new beginning and the next one. The table has carried out later changes already: they come in their turn. */
  #walkBehind({ document, key }: Change, next: Run | null, later: readonly Change[]): number {
    const lower: RangeEnd = { prefix: keyValues(document, this.#fields), inclusive: false };
    const upper: RangeEnd = next === null ? everything : { prefix: decodeBoundary(next.boundary), inclusive: false };
    let count = this.#table.walk({ index: this.manifest.name, lower, upper });
    for (const change of later) {
      if (change.key > key && (next === null || change.key < next.first)) count -= change.by;
    }
    return count;
  }

  /** What goes, then what comes. */
  #changes(writes: readonly DocumentWrite[]): Change[] {
    const gone: Change[] = [];
    const come: Change[] = [];
    for (const { before, after } of writes) {
      const from = before === null ? null : this.#keyOf(before);
      const to = after === null ? null : this.#keyOf(after);
      if (from === to) continue;
      if (before !== null && from !== null) gone.push({ document: before, key: from, by: -1 });
      if (after !== null && to !== null) come.push({ document: after, key: to, by: 1 });
    }
    return [...gone, ...come];
  }

  #heightOf(document: StoredDocument): number {
    return heightOf(document._creationTime * 4096, this.#bits);
  }

  #keyOf(document: StoredDocument): string {
    return indexKey(document, this.#fields);
  }

  #boundaryOf(document: StoredDocument): string {
    return encodeBoundary(keyValues(document, this.#fields));
  }
}
