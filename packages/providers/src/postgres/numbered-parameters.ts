/** Texts, names, comments and dollar quotes, in which a question mark is only a question mark; and the question marks. */
const pieces = /\b[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[^]*?\*\/|\$(?:([A-Za-z_]\w*)?)\$[^]*?\$\1\$|\?/g;

/** Postgres has `$1`, `$2`, … where we have `?`. Operators made of question marks cannot be written. */
export function numberedParameters(sql: string): string {
  let number = 0;
  return sql.includes('?') ? sql.replace(pieces, (piece) => (piece === '?' ? `$${++number}` : piece)) : sql;
}
