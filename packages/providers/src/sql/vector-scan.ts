/** Exact comparison of vectors, wherever they come from. */
import {
  asVector,
  type DocumentWrite,
  fieldAt,
  type FieldEquals,
  hasValues,
  type NearDocuments,
  Nearest,
  type StoredDocument,
  type TableLayout,
  type VectorRead,
  type VectorScore,
  vectorScore,
} from '@betterbase/engine';
import { placeOf } from './sql-table.ts';
import { TableCodec } from './table-codec.ts';
import type { TablePlace } from './table-place.ts';

export interface VectorTable {
  readonly place: TablePlace;
  readonly layout: TableLayout;
  readonly codec: TableCodec;
}

/** One comparison of many vectors with one. What is pending is passed over where it lies on disk. */
export class VectorScan {
  readonly nearest: Nearest<number>;
  compared = 0;
  readonly read: VectorRead;
  readonly #score: VectorScore;
  readonly #passedOver = new Set<number>();
  readonly #own = new Map<number, StoredDocument>();

  constructor(read: VectorRead, pending: readonly DocumentWrite[]) {
    this.read = read;
    this.nearest = new Nearest(read.limit, read.leastScore);
    this.#score = vectorScore(read.metric, read.vector);
    for (const { before, after } of pending) {
      if (before !== null) this.#passedOver.add(placeOf(before));
      if (after !== null) this.#own.set(placeOf(after), after);
    }
  }

  /** The least score that a vector must have to be among the nearest so far. */
  get leastWanted(): number {
    const { limit, leastScore } = this.read;
    return this.nearest.best[limit - 1]?.score ?? leastScore;
  }

  isPassedOver(place: number): boolean {
    return this.#passedOver.has(place);
  }

  compare(vector: ArrayLike<number>, place: number): void {
    this.compared++;
    this.nearest.offer(this.#score(vector), place, place);
  }

  compareDocument(document: StoredDocument): void {
    const { field, vector, anyOf } = this.read;
    const own = asVector(fieldAt(document, field), vector.length);
    if (own !== null && passesAny(document, anyOf)) this.compare(own, placeOf(document));
  }

  /** The nearest; `idAt` knows those that are not pending. */
  result(idAt: (place: number) => string): NearDocuments {
    const near = this.nearest.best.map(({ item: place, score }) => ({ id: this.#own.get(place)?._id ?? idAt(place), score }));
    return { near, compared: this.compared };
  }

  /** Where the nearest are that are not pending. */
  get committed(): readonly number[] {
    return this.nearest.best.flatMap(({ item }) => (this.#own.has(item) ? [] : [item]));
  }
}

/** Decodes no more of a document than its filter fields. */
export function filterCodec({ place, layout, codec: { dialect } }: VectorTable, anyOf: readonly FieldEquals[]): TableCodec {
  const wanted = new Set(anyOf.map(({ field }) => field.split('.', 1)[0]));
  return new TableCodec(
    place.sqlName,
    { ...layout, columns: layout.columns.filter((column) => wanted.has(column.name)), indexes: [] },
    dialect,
  );
}

export function passesAny(document: StoredDocument, anyOf: readonly FieldEquals[]): boolean {
  return anyOf.length === 0 || anyOf.some((filter) => hasValues(document, [filter]));
}
