/**
 * A vector index that is asked roughly first: of every vector a code of two bits a number is kept, with hashes of the filter
 * fields. Reading the codes says which vectors can be among the nearest at all; those are compared exactly.
 *
 * The codes are of what vectors are beyond their middle, which is learned from the first thousands and then stays.
 * Always true: scores are exact and filters hold; what is left to chance is whether one of the nearest is passed over.
 */
import type { IndexManifest } from '@betterbase/core';
import {
  asVector,
  type DocumentWrite,
  encodeKey,
  fieldAt,
  type FieldEquals,
  type NearDocuments,
  Nearest,
  type StoredDocument,
  VectorCoder,
  type VectorRead,
} from '@betterbase/engine';
import { eachDocument } from './each-document.ts';
import { quote, sideName } from '../sql/identifier.ts';
import { RoughScores } from './rough-scores.ts';
import type { SideIndex } from './side-index.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { VectorBlocks } from './vector-blocks.ts';
import { placeOf } from '../sql/sql-table.ts';
import { VectorScan, type VectorTable } from '../sql/vector-scan.ts';
import { compareRows, idAt } from './vector-scan.ts';

type VectorManifest = Extract<IndexManifest, { kind: 'vector' }>;

/** An entry of a block: length, lean, stretch and spread, the hashes of the filter fields, the code. */
const traitBytes = 16;
const hashBytes = 4;
/** How many are compared exactly, for each that is wanted, to learn what score will do. */
const firstLook = 4;
const leastFirstLook = 64;
/** When more than this share of the vectors may be among the nearest, reading all of them in order is faster. */
const worthwhileShare = 0.1;
/** Entries that are put in at once while the index is made. */
const batch = 2_048;
/** How many vectors the middle is learned from. */
const sample = 4_096;
/** The middle is learned anew when there are so many blocks, and not after that. */
const learnsAt: readonly number[] = [2, 8, 64];

export class VectorIndex implements SideIndex {
  readonly manifest: VectorManifest;
  readonly #disk: SqlDisk;
  readonly #table: VectorTable;
  readonly #coder: VectorCoder;
  readonly #blocks: VectorBlocks;
  readonly #codeAt: number;

  constructor(disk: SqlDisk, table: VectorTable, manifest: VectorManifest) {
    this.manifest = manifest;
    this.#disk = disk;
    this.#table = table;
    this.#coder = new VectorCoder(manifest.dimensions);
    this.#codeAt = traitBytes + manifest.filterFields.length * hashBytes;
    this.#blocks = new VectorBlocks(disk, sideName('vector', table.place.home, manifest.name), this.#codeAt + this.#coder.bytes);
  }

  create(): void {
    this.#blocks.create();
    this.#fill();
  }

  /** Learns the middle and makes every code. */
  #fill(): void {
    const middle = this.#learnMiddle();
    this.#blocks.restart(middle.buffer);
    let changes = new Map<number, Uint8Array>();
    eachDocument(this.#disk, quote(this.#table.place.sqlName), this.#table.codec, (document) => {
      const entry = this.#entry(document, middle);
      if (entry !== null) changes.set(placeOf(document), entry);
      if (changes.size < batch) return true;
      this.#blocks.change(changes);
      changes = new Map();
      return true;
    });
    this.#blocks.change(changes);
  }

  drop(): void {
    this.#blocks.drop();
  }

  apply(writes: readonly DocumentWrite[]): number {
    const changes = new Map<number, Uint8Array | null>();
    const middle = this.#middle();
    for (const { before, after } of writes) {
      const old = before === null ? null : this.#entry(before, middle);
      const next = after === null ? null : this.#entry(after, middle);
      if (old === null && next === null) continue;
      if (old !== null && next !== null && isEqual(old, next)) continue;
      const document = after ?? before;
      if (document !== null) changes.set(placeOf(document), next);
    }
    if (changes.size === 0) return 0;
    const most = Math.max(...learnsAt);
    const blocksBefore = this.#blocks.count(most);
    const rows = this.#blocks.change(changes);
    const blocks = blocksBefore === most ? most : this.#blocks.count(most);
    if (learnsAt.some((enough) => blocksBefore < enough && blocks >= enough)) this.#fill();
    return rows;
  }

  /** Whether it can answer this at all. */
  fits({ field, vector, anyOf }: VectorRead): boolean {
    const { vectorField, dimensions, filterFields } = this.manifest;
    return field === vectorField && vector.length === dimensions && anyOf.every((filter) => filterFields.includes(filter.field));
  }

  /** Null when comparing every vector is the better way. */
  nearest(read: VectorRead, pending: readonly DocumentWrite[]): NearDocuments | null {
    const scan = new VectorScan(read, pending);
    const rough = this.#score(read);
    const look = new Nearest<number>(Math.max(leastFirstLook, firstLook * read.limit), Number.NEGATIVE_INFINITY);
    for (let at = 0; at < rough.count; at++) look.offer(rough.score(at), rough.place(at), at);
    const looked = new Set(look.best.map(({ item }) => rough.place(item)));
    compareRows(this.#disk, this.#table, scan, [...looked]);
    for (const { after } of pending) if (after !== null) scan.compareDocument(after);

    const enough = scan.leastWanted;
    const others: number[] = [];
    for (let at = 0; at < rough.count; at++) {
      const place = rough.place(at);
      if (rough.bestScore(at) >= enough && !looked.has(place)) others.push(place);
    }
    if (others.length > Math.max(rough.count * worthwhileShare, leastFirstLook * firstLook)) return null;
    compareRows(this.#disk, this.#table, scan, others);
    return scan.result((place) => idAt(this.#disk, this.#table, place));
  }

  #score({ vector, metric, anyOf }: VectorRead): RoughScores {
    const products = this.#coder.question(vector, this.#middle());
    const wanted = anyOf.map((filter) => ({ at: this.#hashAt(filter), hash: hashOf(filter.value) }));
    const scores = new RoughScores(metric, Math.hypot(...vector));
    const { stride } = this.#blocks;
    const codeAt = stride - this.#coder.bytes;
    for (const block of this.#blocks.read()) {
      const view = new DataView(block.buffer);
      for (let at = 0; at < block.length; at += stride) {
        if (wanted.length > 0 && !wanted.some((each) => view.getUint32(at + each.at, true) === each.hash)) continue;
        const product = products.base + view.getFloat32(at + 12, true) + products.with(block, at + codeAt) * view.getFloat32(at + 16, true);
        const doubt = view.getFloat32(at + 20, true) * products.length;
        scores.add(view.getFloat64(at, true), product, view.getFloat32(at + 8, true), doubt);
      }
    }
    return scores;
  }

  /** Where in a stored entry, place included, the hash of a filter field is. */
  #hashAt({ field }: FieldEquals): number {
    return (
      this.#blocks.stride - this.#coder.bytes - (this.manifest.filterFields.length - this.manifest.filterFields.indexOf(field)) * hashBytes
    );
  }

  #middle(): Float32Array {
    return new Float32Array(this.#blocks.head() ?? new ArrayBuffer(0));
  }

  #learnMiddle(): Float32Array<ArrayBuffer> {
    const { vectorField, dimensions } = this.manifest;
    const sum = new Float64Array(dimensions);
    let seen = 0;
    eachDocument(this.#disk, quote(this.#table.place.sqlName), this.#table.codec, (document) => {
      const vector = asVector(fieldAt(document, vectorField), dimensions);
      if (vector === null) return true;
      for (const [at, number] of vector.entries()) sum[at] = (sum[at] ?? 0) + number;
      seen++;
      return seen < sample;
    });
    return Float32Array.from(sum, (number) => (seen === 0 ? 0 : number / seen));
  }

  #entry(document: StoredDocument, middle: Float32Array): Uint8Array | null {
    const { vectorField, dimensions, filterFields } = this.manifest;
    const vector = asVector(fieldAt(document, vectorField), dimensions);
    if (vector === null) return null;
    const entry = new Uint8Array(this.#codeAt + this.#coder.bytes);
    const { length, lean, stretch, spread } = this.#coder.encode(vector, middle, entry.subarray(this.#codeAt));
    const view = new DataView(entry.buffer);
    view.setFloat32(0, length, true);
    view.setFloat32(4, lean, true);
    view.setFloat32(8, stretch, true);
    view.setFloat32(12, spread, true);
    for (const [position, field] of filterFields.entries()) {
      view.setUint32(traitBytes + position * hashBytes, hashOf(fieldAt(document, field)), true);
    }
    return entry;
  }
}

/** FNV-1a of the value's key: documents with the same value have the same hash; others are told apart later. */
function hashOf(value: FieldEquals['value']): number {
  const key = encodeKey([value]);
  let hash = 0x811c_9dc5;
  for (let at = 0; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}
