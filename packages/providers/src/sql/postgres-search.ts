/**
 * Full-text search with PostgreSQL's `tsvector` and a GIN index.
 *
 * Holds: the texts. Beside the documents are a row for each with its terms, and one row of what they come to together.
 * A term's position is no position: the sum of its positions is how often the document has it, which is what BM25 wants.
 * Always true: the terms are made here, not by a dictionary of PostgreSQL's, and the scores are those of FTS5.
 */
import type { DocumentWrite, FoundDocument, SearchRead } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import { entryChanges, filterWords, foundDocuments, type SearchEntry } from './search-entries.ts';
import type { RowReader, SearchManifest, SearchTexts } from './search-texts.ts';
import type { SqlRow, SqlText } from './sql-value.ts';
import type { TablePlace } from './table-place.ts';

/** A `tsvector` holds a megabyte: documents with more have several rows. */
const mostBytes = 900_000;
/** The largest position there is. */
const mostAtOnce = 16_383;

export class PostgresSearch implements SearchTexts {
  readonly manifest: SearchManifest;
  readonly createTexts: readonly string[];
  readonly dropTexts: readonly string[];
  readonly #reader: RowReader;
  readonly #findText: string;
  readonly #insertText: string;
  readonly #removeText: string;
  readonly #sumText: string;

  constructor({ sqlName, home }: TablePlace, manifest: SearchManifest, reader: RowReader, quote: SqlDialect['quote']) {
    this.manifest = manifest;
    this.#reader = reader;
    const base = `_bb_search.${home}.${manifest.name}`;
    const [entries, sums, byTerm] = [quote(base), quote(`${base}.sums`), quote(`${base}.by_term`)];
    this.createTexts = [
      `CREATE TABLE ${entries} (place BIGINT NOT NULL, part INTEGER NOT NULL, length INTEGER NOT NULL, terms TSVECTOR NOT NULL, PRIMARY KEY (place, part))`,
      `CREATE INDEX ${byTerm} ON ${entries} USING gin (terms)`,
      `CREATE TABLE ${sums} (documents BIGINT NOT NULL, length BIGINT NOT NULL)`,
      `INSERT INTO ${sums} (documents, length) VALUES (0, 0)`,
    ];
    this.dropTexts = [`DROP TABLE ${entries}`, `DROP TABLE ${sums}`];
    this.#insertText = `INSERT INTO ${entries} (place, part, length, terms) VALUES (?, ?, ?, CAST(? AS TSVECTOR))`;
    this.#removeText = `DELETE FROM ${entries} WHERE place = ?`;
    this.#sumText = `UPDATE ${sums} SET documents = documents + CAST(? AS BIGINT), length = length + CAST(? AS BIGINT)`;
    this.#findText = findText({ entries, sums, documents: quote(sqlName), selected: reader.selected });
  }

  apply(writes: readonly DocumentWrite[]): readonly SqlText[] {
    const statements: SqlText[] = [];
    let [documents, length] = [0, 0];
    for (const { old, next } of entryChanges(writes, this.manifest)) {
      if (old !== null) statements.push({ sql: this.#removeText, params: [old.place] });
      if (next !== null) statements.push(...this.#insert(next));
      documents += Number(next !== null) - Number(old !== null);
      length += lengthOf(next) - lengthOf(old);
    }
    if (documents !== 0 || length !== 0) statements.push({ sql: this.#sumText, params: [documents, length] });
    return statements;
  }

  find(read: SearchRead): SqlText {
    const { terms, prefix, limit } = read;
    const any = [...terms.map(lexeme), ...(prefix === null ? [] : [`${lexeme(prefix)}:*`])].join(' | ');
    const all = filterWords(read, this.manifest).map((word) => lexeme(filterLexeme(word)));
    return { sql: this.#findText, params: [JSON.stringify(terms), prefix, any, all.length === 0 ? null : all.join(' & '), limit] };
  }

  found(rows: Iterable<SqlRow>, read: SearchRead, pending: readonly DocumentWrite[]): readonly FoundDocument[] {
    return foundDocuments(rows, this.#reader, read, pending);
  }

  #insert(entry: SearchEntry): SqlText[] {
    return toVectors(entry).map((vector, part) => ({ sql: this.#insertText, params: [entry.place, part, lengthOf(entry), vector] }));
  }
}

interface FindNames {
  readonly entries: string;
  readonly sums: string;
  readonly documents: string;
  readonly selected: string;
}

/** The parameters: wanted terms as JSON, a prefix or null, both as one query, the filters as a query or null, how many. */
function findText({ entries, sums, documents, selected }: FindNames): string {
  const wanted = `SELECT term, FALSE AS begins FROM json_array_elements_text(CAST(? AS JSON)) AS one (term) UNION ALL SELECT prefix, TRUE FROM (SELECT CAST(? AS TEXT) AS prefix) AS last WHERE prefix IS NOT NULL`;
  const hits = `SELECT place, term, begins, MAX(length) AS length, SUM((SELECT SUM(position) FROM unnest(positions) AS each_one (position))) AS often FROM ${entries}, unnest(terms) AS has (lexeme, positions, weights) JOIN wanted ON lexeme = term OR (begins AND starts_with(lexeme, term)) WHERE terms @@ CAST(? AS TSQUERY) GROUP BY place, term, begins`;
  const weights = `SELECT term, begins, GREATEST(ln((MAX(documents) - COUNT(*) + 0.5) / (COUNT(*) + 0.5)), 0) AS weight FROM hits, sums GROUP BY term, begins`;
  // What is not worth a weight has the least one, as in FTS5.
  const score = `CASE WHEN weight = 0 THEN 1e-6 ELSE weight END * (often * 2.2 / (often + 1.2 * (0.25 + 0.75 * hits.length * documents / sums.length)))`;
  const scored = `SELECT place AS _place, CAST(floor(SUM(${score} ORDER BY begins, term) * 1e9 + 0.5) AS BIGINT) AS _score FROM hits JOIN weights USING (term, begins), sums GROUP BY place`;
  return `WITH wanted AS (${wanted}), sums AS (SELECT CAST(documents AS DOUBLE PRECISION) AS documents, CAST(length AS DOUBLE PRECISION) AS length FROM ${sums}), hits AS MATERIALIZED (${hits}), weights AS (${weights}), scored AS (${scored}), filter AS (SELECT CAST(? AS TSQUERY) AS words) SELECT ${selected}, _place, _score FROM scored LEFT JOIN ${documents} ON _seq = _place WHERE (SELECT words IS NULL FROM filter) OR EXISTS (SELECT FROM ${entries}, filter WHERE place = _place AND part = 0 AND terms @@ words) ORDER BY _score DESC, _place DESC LIMIT ?`;
}

/** As FTS5 counts: its filters are words, too. */
function lengthOf(entry: SearchEntry | null): number {
  return entry === null ? 0 : entry.terms.length + entry.filters.length;
}

/** Terms are letters and digits alone. */
function lexeme(term: string): string {
  return `'${term}'`;
}

/** No term begins like this. */
function filterLexeme(word: string): string {
  return `=${word}`;
}

/** The filters stand in the first. */
function toVectors({ terms, filters }: SearchEntry): readonly string[] {
  const often = new Map<string, number>();
  for (const term of terms) often.set(term, (often.get(term) ?? 0) + 1);
  const vectors: string[] = [];
  let words = filters.map((word) => lexeme(filterLexeme(word)));
  let bytes = words.reduce((sum, word) => sum + word.length, 0);
  for (const [term, count] of often) {
    const word = `${lexeme(term)}:${positionsFor(count).join()}`;
    const size = term.length * 4 + 8;
    if (bytes + size > mostBytes) {
      vectors.push(words.join(' '));
      [words, bytes] = [[], 0];
    }
    words.push(word);
    bytes += size;
  }
  vectors.push(words.join(' '));
  return vectors;
}

/** Different numbers whose sum is `count`; a document is too small for more than fit. */
function positionsFor(count: number): readonly number[] {
  const positions: number[] = [];
  let left = count;
  for (let next = mostAtOnce; left > 0; next--) {
    const position = Math.min(left, next);
    positions.push(position);
    left -= position;
  }
  return positions;
}
