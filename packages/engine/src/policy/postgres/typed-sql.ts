/** Pieces of Postgres SQL that know what they are worth, and comparing them as policies do: values of different kinds too. */
import type { Comparison } from '../policy-tree.ts';

/**
 * `number` is double precision, `int` bigint, `json` jsonb of any kind, null where it is JSON's null. `null` is nothing but NULL.
 */
export type SqlKind = 'text' | 'number' | 'int' | 'boolean' | 'bytes' | 'json' | 'null';

export interface TypedSql {
  readonly sql: string;
  readonly kind: SqlKind;
}

/** What a value must be like to be handed to a function. */
export const sqlTypes: Readonly<Record<SqlKind, string>> = {
  text: 'text',
  number: 'double precision',
  int: 'bigint',
  boolean: 'boolean',
  bytes: 'bytea',
  json: 'jsonb',
  null: 'text',
};

const unknown = 'NULL::boolean';

/** Where a condition is expected: numbers are true unless zero, and what is no boolean or number is not known. */
export function truthSql({ sql, kind }: TypedSql, helpers: string): string {
  switch (kind) {
    case 'boolean':
      return sql;
    case 'number':
    case 'int':
      return `(${sql} <> 0)`;
    case 'json':
      return `${helpers}.truth_of(${sql})`;
    case 'text':
    case 'bytes':
    case 'null':
      return unknown;
    default:
      return kind satisfies never;
  }
}

/** Numbers come before texts, texts before bytes; objects and arrays compare with nothing. */
export function compareSql(left: TypedSql, by: Comparison, right: TypedSql, helpers: string): string {
  if (left.kind === 'null' || right.kind === 'null') return unknown;
  const operator = by === '!=' ? '<>' : by;
  if (left.kind === 'json' || right.kind === 'json')
    return `(${helpers}.compare_values(${asJson(left, helpers)}, ${asJson(right, helpers)}) ${operator} 0)`;
  const [one, other] = [rankOf(left), rankOf(right)];
  if (one !== other) return `(CASE WHEN ${left.sql} IS NULL OR ${right.sql} IS NULL THEN ${unknown} ELSE ${holds(one - other, by)} END)`;
  // Another order than that of code points would let other rows be seen.
  if (left.kind === 'text') return `(${left.sql} ${operator} ${right.sql}${by === '=' || by === '!=' ? '' : ' COLLATE "C"'})`;
  if (left.kind === 'bytes' || left.kind === right.kind) return `(${left.sql} ${operator} ${right.sql})`;
  return `(${asNumber(left, right.kind, helpers)} ${operator} ${asNumber(right, left.kind, helpers)})`;
}

/** Beside a bigint a double is taken for what it is worth: Postgres would round the bigint. */
function asNumber({ sql, kind }: TypedSql, beside: SqlKind, helpers: string): string {
  if (kind === 'boolean') return `${sql}::int`;
  return beside === 'boolean' ? sql : kind === 'number' ? `${helpers}.exact(${sql})` : `${sql}::numeric`;
}

export function asJson({ sql, kind }: TypedSql, helpers: string): string {
  switch (kind) {
    case 'json':
      return sql;
    case 'null':
      return 'NULL::jsonb';
    case 'number':
      return `${helpers}.json_of_number(${sql})`;
    case 'bytes':
      return `${helpers}.json_of_bytes(${sql})`;
    case 'text':
      return `to_jsonb(${sql}::text)`;
    case 'int':
    case 'boolean':
      return `to_jsonb(${sql})`;
    default:
      return kind satisfies never;
  }
}

/** Null where the value is no text. */
export function asText({ sql, kind }: TypedSql, helpers: string): string {
  return kind === 'text' ? sql : kind === 'json' ? `${helpers}.text_of(${sql})` : 'NULL::text';
}

/** A text in SQL, as columns have it: Postgres has no NUL character. */
export function textSql(text: string): string {
  const kept = text.replaceAll('\u0001', '\u0001\u0002').replaceAll('\0', '\u0001\u0001');
  const quoted = `'${kept.replaceAll("'", "''")}'`;
  return text.includes('\\') ? `E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** A name in SQL. */
export function nameSql(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

const longestName = 63;

/** Postgres cuts names that are longer, so that two may become one. */
export function fitName(name: string): string {
  if (name.length <= longestName) return name;
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return `${name.slice(0, longestName - 9)}_${(hash >>> 0).toString(16).padStart(8, '0')}`;
}

/** The text of a function, between marks that are not in it. */
export function quoteBody(body: string): string {
  let mark = '$body$';
  while (body.includes(mark)) mark = `${mark.slice(0, -1)}_$`;
  return `${mark} ${body} ${mark}`;
}

function rankOf({ kind }: TypedSql): number {
  return kind === 'text' ? 1 : kind === 'bytes' ? 2 : 0;
}

function holds(order: number, by: Comparison): boolean {
  switch (by) {
    case '=':
      return false;
    case '!=':
      return true;
    case '<':
    case '<=':
      return order < 0;
    case '>':
    case '>=':
      return order > 0;
    default:
      return by satisfies never;
  }
}
