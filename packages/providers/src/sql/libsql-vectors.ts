/**
 * A vector index with libSQL's own functions.
 *
 * Holds: the texts. Beside the documents is a row for each vector, of length 1, and with it a word for the value of each filter
 * field. An approximate index has libSQL's index over that, which is a graph of neighbours (DiskANN).
 */
import type { DocumentWrite, VectorRead } from '@betterbase/engine';
import { digest, quote, sideName } from './identifier.ts';
import type { SqlText } from './sql-value.ts';
import type { TablePlace } from './table-place.ts';
import { entryTexts, filterWord, wantedVector } from './vector-entries.ts';
import { fitsCosine, type VectorManifest, type VectorTexts } from './vector-texts.ts';

export class LibsqlVectors implements VectorTexts {
  readonly manifest: VectorManifest;
  readonly name: string;
  readonly createTexts: readonly string[];
  readonly dropTexts: readonly string[];
  readonly doubt: number;
  readonly #documents: string;
  readonly #graph: string;

  constructor({ sqlName, home }: TablePlace, manifest: VectorManifest) {
    const { dimensions, approximate } = manifest;
    this.manifest = manifest;
    this.name = sideName('vector', home, manifest.name);
    this.#documents = quote(sqlName);
    // libSQL wants the names of these indexes to be of letters and digits.
    this.#graph = `_bb_near_${digest(this.name)}`;
    // Three sums of that many products of 32-bit floats, and a division.
    this.doubt = (dimensions + 4) * 2 ** -21;
    this.createTexts = [
      `CREATE TABLE ${this.name} (place INTEGER PRIMARY KEY, filters TEXT NOT NULL, embedding F32_BLOB(${dimensions}) NOT NULL)`,
      ...(approximate === true ? [`CREATE INDEX ${this.#graph} ON ${this.name} (libsql_vector_idx(embedding, 'metric=cosine'))`] : []),
    ];
    this.dropTexts = [`DROP TABLE ${this.name}`];
  }

  apply(writes: readonly DocumentWrite[]): readonly SqlText[] {
    return entryTexts(writes, this, ({ place, filters, vector }) => ({
      sql: `INSERT INTO ${this.name} (place, filters, embedding) VALUES (?, ?, vector32(?))`,
      params: [place, filters.map(between).join(''), vector],
    }));
  }

  fits(read: VectorRead): boolean {
    return fitsCosine(this.manifest, read);
  }

  find({ vector, anyOf }: VectorRead, selected: string, most: number): readonly SqlText[] {
    const wanted = wantedVector(vector);
    // A vector of nothing but zeros has no angle with any other: then it is a right one.
    const score = '1 - COALESCE(vector_distance_cos(embedding, vector32(?)), 1) AS _score';
    const isWalked = this.manifest.approximate === true && anyOf.length === 0;
    const filters = anyOf.length === 0 ? '' : ' WHERE EXISTS (SELECT 1 FROM json_each(?) WHERE instr(filters, value) > 0)';
    const words = anyOf.length === 0 ? [] : [JSON.stringify(anyOf.map((filter) => between(filterWord(this.manifest, filter))))];
    const best = isWalked
      ? `SELECT place AS _place, ${score} FROM vector_top_k('${this.#graph}', vector32(?), ?) AS near JOIN ${this.name} ON place = near.id`
      : `SELECT place AS _place, ${score} FROM ${this.name}${filters} ORDER BY _score DESC LIMIT ?`;
    const params = isWalked ? [wanted, wanted, most] : [wanted, ...words, most];
    return [{ sql: `SELECT ${selected}, _score FROM (${best}) AS best JOIN ${this.#documents} ON _seq = _place`, params }];
  }
}

/** No word is found in another. */
function between(word: string): string {
  return ` ${word} `;
}
