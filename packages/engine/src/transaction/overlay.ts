import type { DocumentWrite, StoredDocument } from '../ports/document-store.ts';
import { weigh } from './document-weight.ts';

/**
 * The writes of a transaction that has not committed.
 *
 * Holds: for each document written, what it was when the transaction began and what it is now; what they weigh.
 * Does not hold: what was only read.
 * Always true: one entry a document, however often it was written; an insert that is deleted again leaves none.
 */
export class Overlay {
  #tables = new Map<string, Map<string, DocumentWrite>>();
  #count = 0;
  #bytes = 0;

  /** What the documents weigh as they are now. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#count;
  }

  hasTable(table: string): boolean {
    return this.#tables.has(table);
  }

  find(table: string, id: string): DocumentWrite | undefined {
    return this.#tables.get(table)?.get(id);
  }

  writesTo(table: string): Iterable<DocumentWrite> {
    return this.#tables.get(table)?.values() ?? [];
  }

  /** `before` is what the transaction saw just now; what was committed is kept from the first write. `bytes`: what `after` weighs. */
  put(table: string, id: string, before: StoredDocument | null, after: StoredDocument | null, bytes: number): void {
    this.#bytes += bytes;
    let writes = this.#tables.get(table);
    if (writes === undefined) {
      writes = new Map();
      this.#tables.set(table, writes);
    }
    const earlier = writes.get(id);
    if (earlier === undefined) {
      writes.set(id, { table, id, before, after });
      this.#count++;
      return;
    }
    if (earlier.after !== null) this.#bytes -= weigh(earlier.after);
    if (earlier.before === null && after === null) {
      writes.delete(id);
      this.#count--;
      return;
    }
    writes.set(id, { table, id, before: earlier.before, after });
  }

  /** Everything written, in the order of the first write of each document, table by table. */
  writes(): DocumentWrite[] {
    const all: DocumentWrite[] = [];
    for (const writes of this.#tables.values()) all.push(...writes.values());
    return all;
  }

  /** A state to come back to if a nested mutation fails. */
  checkpoint(): OverlayCheckpoint {
    const tables = new Map<string, Map<string, DocumentWrite>>();
    for (const [table, writes] of this.#tables) tables.set(table, new Map(writes));
    return { tables, count: this.#count, bytes: this.#bytes };
  }

  restore(checkpoint: OverlayCheckpoint): void {
    this.#tables = checkpoint.tables;
    this.#count = checkpoint.count;
    this.#bytes = checkpoint.bytes;
  }
}

export interface OverlayCheckpoint {
  readonly tables: Map<string, Map<string, DocumentWrite>>;
  readonly count: number;
  readonly bytes: number;
}
