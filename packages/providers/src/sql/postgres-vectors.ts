/**
 * A vector index with pgvector.
 *
 * Holds: the texts. Beside the documents is a row for each vector, of length 1, so that its inner product with another is the
 * cosine, and with it a word for the value of each filter field. An approximate index has an HNSW index over that.
 */
import type { DocumentWrite, VectorRead } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import type { SqlText } from './sql-value.ts';
import type { TablePlace } from './table-place.ts';
import { entryTexts, filterWord, wantedVector } from './vector-entries.ts';
import { fitsCosine, type VectorManifest, type VectorTexts } from './vector-texts.ts';

/** What HNSW takes of pgvector's plain vectors. */
const mostIndexedDimensions = 2_000;
/** How many candidates HNSW keeps while it walks: for each that is wanted, at least, and at most as pgvector allows. */
const candidates = { each: 4, least: 128, most: 1_000 } as const;

export class PostgresVectors implements VectorTexts {
  readonly manifest: VectorManifest;
  readonly name: string;
  readonly createTexts: readonly string[];
  readonly dropTexts: readonly string[];
  readonly doubt: number;
  readonly #documents: string;
  readonly #isWalked: boolean;

  constructor({ sqlName, home }: TablePlace, manifest: VectorManifest, quote: SqlDialect['quote']) {
    const { dimensions, filterFields, approximate } = manifest;
    this.manifest = manifest;
    const base = `_bb_vector.${home}.${manifest.name}`;
    this.name = quote(base);
    this.#documents = quote(sqlName);
    this.#isWalked = approximate === true && dimensions <= mostIndexedDimensions;
    // A sum of that many products of 32-bit floats, whose absolute values come to 1 at most.
    this.doubt = (dimensions + 4) * 2 ** -23;
    this.createTexts = [
      `CREATE TABLE ${this.name} (place BIGINT PRIMARY KEY, filters TEXT[] NOT NULL, embedding VECTOR(${dimensions}) NOT NULL)`,
      ...(filterFields.length === 0 ? [] : [`CREATE INDEX ${quote(`${base}.by_filter`)} ON ${this.name} USING gin (filters)`]),
      ...(this.#isWalked ? [`CREATE INDEX ${quote(`${base}.by_nearness`)} ON ${this.name} USING hnsw (embedding vector_ip_ops)`] : []),
    ];
    this.dropTexts = [`DROP TABLE ${this.name}`];
  }

  apply(writes: readonly DocumentWrite[]): readonly SqlText[] {
    return entryTexts(writes, this, ({ place, filters, vector }) => ({
      sql: `INSERT INTO ${this.name} (place, filters, embedding) VALUES (?, CAST(? AS TEXT[]), CAST(? AS VECTOR))`,
      params: [place, toArray(filters), vector],
    }));
  }

  fits(read: VectorRead): boolean {
    return fitsCosine(this.manifest, read);
  }

  find({ vector, anyOf }: VectorRead, selected: string, most: number): readonly SqlText[] {
    const wanted = wantedVector(vector);
    const isWalked = this.#isWalked && anyOf.length === 0 && most <= candidates.most;
    const filters = anyOf.length === 0 ? '' : ' WHERE filters && CAST(? AS TEXT[])';
    // With something added the order is not the index's any more, and every vector is compared.
    const order = isWalked ? '' : ' + 0';
    const best = `SELECT place AS _place, -(embedding <#> CAST(? AS VECTOR)) AS _score FROM ${this.name}${filters} ORDER BY (embedding <#> CAST(? AS VECTOR))${order} LIMIT ?`;
    const find = {
      sql: `SELECT ${selected}, _score FROM (${best}) AS best JOIN ${this.#documents} ON _seq = _place`,
      params: [wanted, ...(anyOf.length === 0 ? [] : [toArray(anyOf.map((filter) => filterWord(this.manifest, filter)))]), wanted, most],
    };
    if (!isWalked) return [find];
    const kept = Math.min(Math.max(candidates.each * most, candidates.least), candidates.most);
    return [{ sql: `SET LOCAL hnsw.ef_search = ${kept}`, params: [] }, find];
  }
}

function toArray(words: readonly string[]): string {
  return `{${words.join()}}`;
}
