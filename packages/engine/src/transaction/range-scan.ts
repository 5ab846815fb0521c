import type { DocumentStore, RangeEnd, RangeRead, StoredDocument } from '../ports/document-store.ts';
import type { RowCondition } from '../ports/row-condition.ts';
import { lowerBoundKey, upperBoundKey } from '../keys/key-range.ts';
import { copyFields } from './copy-value.ts';
import { indexKey, keyValues } from './index-key.ts';
import type { Overlay } from './overlay.ts';
import type { ReadRange } from './read-set.ts';

export interface ScanParts {
  readonly read: DocumentStore['read'];
  readonly overlay: Overlay;
  /** The fields that order the index. */
  readonly fields: readonly string[];
  readonly range: Omit<RangeRead, 'limit' | 'where'>;
  /** What committed documents are to be like that are fetched now; null: like any. The transaction's own are for the reader to look at. */
  readonly where?: () => RowCondition | null;
  /** How many more documents, and bytes of them, the run may read. */
  readonly allowance: () => { readonly documents: number; readonly bytes: number };
  /** Told what was fetched, and returns what it weighs; throws when that is more than the run may read. */
  readonly onRead: (documents: readonly StoredDocument[]) => number;
}

/** What is fetched first when nothing is known of how large the documents are; and how much is fetched at once later. */
const firstFetch = 64;
const fetchBytes = 2 * 1024 * 1024;
const fastestGrowth = 8;

/**
 * One reading of an index range, from one end until the reader has enough.
 *
 * Holds: where it stands, and documents fetched but not yet asked for.
 * Always true: it gives the committed documents with the transaction's own writes merged in, in index order; its interval
 * covers what was handed out and no more, or the whole range if the reader reached the end.
 */
export class RangeScan {
  readonly #parts: ScanParts;
  readonly #lowerKey: string;
  readonly #upperKey: string;
  #fetched: readonly StoredDocument[] = [];
  #next = 0;
  /** The end of the range that the scan started from, moved past what was fetched. */
  #from: RangeEnd;
  #isExhausted = false;
  /** As many as fit into memory, going by those before. */
  #mostAtOnce = firstFetch;
  #reachedEnd = false;
  #lastHandedOut: StoredDocument | null = null;
  #documentsRead = 0;

  constructor(parts: ScanParts) {
    this.#parts = parts;
    this.#lowerKey = lowerBoundKey(parts.range.lower);
    this.#upperKey = upperBoundKey(parts.range.upper);
    this.#from = parts.range.order === 'asc' ? parts.range.lower : parts.range.upper;
  }

  get documentsRead(): number {
    return this.#documentsRead;
  }

  /** Whether there was nothing behind what was read. */
  get hasReachedEnd(): boolean {
    return this.#reachedEnd;
  }

  /** The next document, or null at the end. `ahead`: how many to fetch at once if none are waiting. */
  async next(ahead: number): Promise<StoredDocument | null> {
    if (this.#next >= this.#fetched.length) {
      if (!this.#isExhausted) await this.#fetch(ahead);
      if (this.#next >= this.#fetched.length) {
        this.#reachedEnd = true;
        return null;
      }
    }
    const document = this.#fetched[this.#next++];
    if (document === undefined) return null;
    this.#lastHandedOut = document;
    return document;
  }

  /** The next `count` documents, fewer only at the end. */
  async take(count: number): Promise<StoredDocument[]> {
    const taken: StoredDocument[] = [];
    while (taken.length < count) {
      if (this.#next >= this.#fetched.length) {
        if (!this.#isExhausted) await this.#fetch(count - taken.length);
        if (this.#next >= this.#fetched.length) {
          this.#reachedEnd = true;
          break;
        }
      }
      const wanted = this.#fetched.slice(this.#next, this.#next + count - taken.length);
      this.#next += wanted.length;
      taken.push(...wanted);
    }
    this.#lastHandedOut = taken.at(-1) ?? this.#lastHandedOut;
    return taken;
  }

  /** What this reading depends on. */
  interval(): ReadRange {
    const { table, index, order } = this.#parts.range;
    let lower = this.#lowerKey;
    let upper = this.#upperKey;
    if (!this.#reachedEnd) {
      if (this.#lastHandedOut === null) upper = lower;
      else {
        const key = indexKey(this.#lastHandedOut, this.#parts.fields);
        if (order === 'asc') upper = `${key}\0`;
        else lower = key;
      }
    }
    return { table, index, lower, upper };
  }

  /** What committed documents are to be like has changed: those that were fetched and not handed out are fetched again. */
  fetchAgain(): void {
    const { range, fields } = this.#parts;
    const last = this.#lastHandedOut;
    this.#from = last !== null ? { prefix: keyValues(last, fields), inclusive: false } : range.order === 'asc' ? range.lower : range.upper;
    this.#fetched = [];
    this.#next = 0;
    this.#isExhausted = false;
  }

  async #fetch(count: number): Promise<void> {
    const { range, overlay } = this.#parts;
    if (!overlay.hasTable(range.table)) {
      this.#fetched = await this.#readCommitted(count);
      this.#next = 0;
      return;
    }

    const committed: StoredDocument[] = [];
    while (committed.length < count && !this.#isExhausted) {
      const documents = await this.#readCommitted(count);
      for (const document of documents) {
        if (overlay.find(range.table, document._id) === undefined) committed.push(document);
      }
    }
    this.#fetched = this.#merge(committed, count);
    this.#next = 0;
  }

  async #readCommitted(count: number): Promise<readonly StoredDocument[]> {
    const { read, range, fields, allowance, onRead } = this.#parts;
    const where = this.#parts.where?.() ?? null;
    const limit = Math.min(count, this.#mostAtOnce, allowance().documents + 1);
    const ends = range.order === 'asc' ? { lower: this.#from, upper: range.upper } : { lower: range.lower, upper: this.#from };
    const documents = await read({ ...range, ...ends, limit, ...(where === null ? null : { where }) });
    const bytes = onRead(documents);
    this.#documentsRead += documents.length;
    if (documents.length === this.#mostAtOnce) {
      const fitting = Math.ceil((Math.min(fetchBytes, allowance().bytes + 1) * documents.length) / (bytes + 1));
      this.#mostAtOnce = Math.min(fitting, documents.length * fastestGrowth);
    }
    if (documents.length < limit) this.#isExhausted = true;
    const last = documents.at(-1);
    if (last !== undefined) this.#from = { prefix: keyValues(last, fields), inclusive: false };
    return documents;
  }

  /** Committed documents that the transaction has not written, and its own that belong among them. */
  #merge(committed: readonly StoredDocument[], count: number): StoredDocument[] {
    const { range, overlay, fields } = this.#parts;
    const direction = range.order === 'asc' ? 1 : -1;
    const start = this.#lastHandedOut === null ? null : indexKey(this.#lastHandedOut, fields);
    const keyed = committed.map((document) => ({ key: indexKey(document, fields), document, isOwn: false }));
    for (const { after } of overlay.writesTo(range.table)) {
      if (after === null) continue;
      const key = indexKey(after, fields);
      if (key < this.#lowerKey || key >= this.#upperKey) continue;
      if (start !== null && (direction === 1 ? key <= start : key >= start)) continue;
      keyed.push({ key, document: after, isOwn: true });
    }
    keyed.sort((a, b) => (a.key < b.key ? -direction : a.key > b.key ? direction : 0));
    const enough = keyed.slice(0, count);
    if (enough.length < keyed.length) {
      // What is cut off is fetched again from after the last one kept.
      this.#isExhausted = false;
      const last = enough.at(-1);
      if (last !== undefined) this.#from = { prefix: keyValues(last.document, fields), inclusive: false };
    }
    return enough.map(({ document, isOwn }) => (isOwn ? ownCopy(document) : document));
  }
}

function ownCopy(document: StoredDocument): StoredDocument {
  return { ...copyFields(document), _id: document._id, _creationTime: document._creationTime };
}
