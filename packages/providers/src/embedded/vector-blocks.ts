/**
 * Rough codes of vectors, many in one row: reading them all reads a small part of what the vectors take.
 *
 * Holds: SQL texts, and between `load` and `save` the blocks that are being changed.
 * A row of its own, the head, holds what the codes have in common.
 * Always true: a block's entries have places from its own `first` up to the next block's; no block is empty on disk.
 */
import type { SqlDisk } from '../disk/sql-disk.ts';

/** A block is rewritten when one of its entries changes, so it stays near the size of a vector of many dimensions. */
const blockBytes = 8_192;
const leastEntries = 8;
/** Blocks that are read at once. */
const chunk = 128;

export interface BlockEntry {
  readonly place: number;
  readonly bytes: Uint8Array;
}

interface OpenBlock {
  /** Null: it is not on disk. */
  readonly stored: number | null;
  readonly entries: Map<number, Uint8Array>;
  isChanged: boolean;
}

const placeBytes = 8;
/** Places are not negative. */
const headPlace = -1;

export class VectorBlocks {
  /** Place and entry together. */
  readonly stride: number;
  readonly #disk: SqlDisk;
  readonly #name: string;
  readonly #entryBytes: number;
  readonly #most: number;

  constructor(disk: SqlDisk, name: string, entryBytes: number) {
    this.#disk = disk;
    this.#name = name;
    this.#entryBytes = entryBytes;
    this.stride = placeBytes + entryBytes;
    this.#most = Math.max(leastEntries, Math.floor(blockBytes / this.stride));
  }

  create(): void {
    this.#disk.write(`CREATE TABLE ${this.#name} (first INTEGER PRIMARY KEY, entries BLOB NOT NULL)`);
  }

  drop(): void {
    this.#disk.write(`DROP TABLE ${this.#name}`);
  }

  /** What the codes have in common; null before it is set. */
  head(): ArrayBuffer | null {
    const [row] = this.#disk.read(`SELECT entries FROM ${this.#name} WHERE first = ${headPlace}`);
    return row?.[0] instanceof ArrayBuffer ? row[0] : null;
  }

  /** Sets the head and drops all entries. */
  restart(head: ArrayBuffer): void {
    this.#disk.write(`DELETE FROM ${this.#name}`);
    this.#disk.write(`INSERT INTO ${this.#name} (first, entries) VALUES (${headPlace}, ?)`, head);
  }

  /** How many blocks there are, as far as `most`. */
  count(most: number): number {
    return Number(this.#disk.read(`SELECT count(*) FROM (SELECT 1 FROM ${this.#name} WHERE first >= 0 LIMIT ?)`, most)[0]?.[0]);
  }

  /** Puts and removes (null) entries by place, and returns the rows that were written. */
  change(changes: ReadonlyMap<number, Uint8Array | null>): number {
    const open = new Map<number | null, OpenBlock>();
    let rows = 0;
    for (const [place, bytes] of [...changes].sort(([one], [other]) => one - other)) {
      const block = this.#blockOf(place, open);
      if (bytes !== null) block.entries.set(place, bytes);
      else if (!block.entries.delete(place)) continue;
      block.isChanged = true;
    }
    for (const block of open.values()) if (block.isChanged) rows += this.#save(block);
    return rows;
  }

  /** Every block as it lies on disk: its entries' places and what follows each, `stride` bytes apart. */
  *read(): Generator<Uint8Array> {
    let after: number = headPlace;
    for (;;) {
      const rows = this.#disk.read(`SELECT first, entries FROM ${this.#name} WHERE first > ? ORDER BY first LIMIT ${chunk}`, after);
      for (const [first, entries] of rows) {
        after = Number(first);
        if (entries instanceof ArrayBuffer) yield new Uint8Array(entries);
      }
      if (rows.length < chunk) return;
    }
  }

  #blockOf(place: number, open: Map<number | null, OpenBlock>): OpenBlock {
    const [row] = this.#disk.read(`SELECT first FROM ${this.#name} WHERE first BETWEEN 0 AND ? ORDER BY first DESC LIMIT 1`, place);
    // What lies before all blocks goes into the first.
    const [next] = row === undefined ? this.#disk.read(`SELECT first FROM ${this.#name} WHERE first >= 0 ORDER BY first LIMIT 1`) : [row];
    const stored = next === undefined ? null : Number(next[0]);
    let block = open.get(stored);
    if (block === undefined) {
      block = { stored, entries: stored === null ? new Map<number, Uint8Array>() : this.#load(stored), isChanged: false };
      open.set(stored, block);
    }
    return block;
  }

  #load(first: number): Map<number, Uint8Array> {
    const [row] = this.#disk.read(`SELECT entries FROM ${this.#name} WHERE first = ?`, first);
    const entries = row?.[0] instanceof ArrayBuffer ? row[0] : new ArrayBuffer(0);
    const view = new DataView(entries);
    const found = new Map<number, Uint8Array>();
    for (let at = 0; at < entries.byteLength; at += this.stride) {
      found.set(view.getFloat64(at, true), new Uint8Array(entries, at + placeBytes, this.#entryBytes));
    }
    return found;
  }

  /** A block that has grown too large becomes several; the last of them is left with room. */
  #save({ stored, entries }: OpenBlock): number {
    const sorted = [...entries].sort(([one], [other]) => one - other);
    const parts = Array.from({ length: Math.ceil(sorted.length / this.#most) }, (_, part) =>
      sorted.slice(part * this.#most, (part + 1) * this.#most),
    );
    let rows = 0;
    if (stored !== null && sorted[0]?.[0] !== stored) rows += this.#disk.write(`DELETE FROM ${this.#name} WHERE first = ?`, stored);
    for (const part of parts) {
      const first = part[0]?.[0] ?? 0;
      const text =
        first === stored
          ? `UPDATE ${this.#name} SET entries = ?2 WHERE first = ?1`
          : `INSERT INTO ${this.#name} (first, entries) VALUES (?1, ?2)`;
      rows += this.#disk.write(text, first, this.#pack(part));
    }
    return rows;
  }

  #pack(part: readonly (readonly [place: number, entry: Uint8Array])[]): ArrayBuffer {
    const bytes = new Uint8Array(part.length * this.stride);
    const view = new DataView(bytes.buffer);
    for (const [position, [place, entry]] of part.entries()) {
      view.setFloat64(position * this.stride, place, true);
      bytes.set(entry, position * this.stride + placeBytes);
    }
    return bytes.buffer;
  }
}
