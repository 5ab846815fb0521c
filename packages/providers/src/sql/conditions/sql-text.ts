import type { SqlText, SqlValue } from '../sql-value.ts';

/** SQL of pieces, their parameters in the order in which they come. A text alone is SQL as it stands, never a value. */
export function sqlText(parts: TemplateStringsArray, ...pieces: readonly (SqlText | string)[]): SqlText {
  let sql = parts[0] ?? '';
  const params: SqlValue[] = [];
  pieces.forEach((piece, at) => {
    sql += typeof piece === 'string' ? piece : piece.sql;
    if (typeof piece !== 'string') params.push(...piece.params);
    sql += parts[at + 1] ?? '';
  });
  return { sql, params };
}

/** Databases refuse expressions that are too deep, and a chain is as deep as it is long. */
export function joinedBy(word: 'AND' | 'OR', texts: readonly SqlText[]): SqlText {
  const [first, second] = texts;
  if (first === undefined) return sqlText`${word === 'AND' ? 'TRUE' : 'FALSE'}`;
  if (second === undefined) return first;
  const half = texts.length >> 1;
  return sqlText`(${joinedBy(word, texts.slice(0, half))} ${word} ${joinedBy(word, texts.slice(half))})`;
}
