import type { SqlDialect } from './dialect.ts';

/** A name in SQL text. Only names from the schema get here. */
export function quote(name: string): string {
  // Every read quotes some names, and hardly one has a quote in it.
  return name.includes('"') ? `"${name.replaceAll('"', '""')}"` : `"${name}"`;
}

/** The names of all indexes, and in PostgreSQL those of tables too, are in one place; a table's home has no dot. */
export function indexName({ quote: inDialect }: Pick<SqlDialect, 'quote'>, home: string, index: string): string {
  return inDialect(`${home}.${index}`);
}

/** A SQL table that is kept beside the documents for one of their indexes. No table of documents begins with `_`. */
export function sideName(kind: 'search' | 'count' | 'vector', home: string, index: string): string {
  return quote(`_bb_${kind}.${home}.${index}`);
}

/** The hidden column that holds the encoded keys of an index. Fields that begin with `_` are never columns. */
export function keyColumn({ quote: inDialect }: Pick<SqlDialect, 'quote'>, index: string): string {
  return inDialect(`_k_${index}`);
}

/** Sixteen letters and digits that stand for a name: FNV-1a, twice 32 bits. */
export function digest(text: string): string {
  let [one, other] = [0x811c_9dc5, 0x050c_5d1f];
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x0100_0193);
    other = Math.imul(other ^ text.charCodeAt(at) ^ at, 0x0100_0193);
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
