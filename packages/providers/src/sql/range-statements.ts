import { keyToBytes } from '@betterbase/engine';
import type { SqlDialect } from './dialect.ts';
import type { Bound, IndexAccess, OrderColumn } from './index-access.ts';
import { escapeText } from './narrow-text.ts';
import type { RangePiece } from './range-pieces.ts';
import type { SqlValue } from './sql-value.ts';

/** What the statement does with the rows of a piece. */
export type Reading = 'asc' | 'desc' | 'count';

/**
 * SQL texts for reading one index.
 *
 * Holds: each text once; a shape of range has one text, whatever its bounds, so the database's own cache finds it again.
 */
export class RangeStatements {
  readonly #table: string;
  readonly #selected: string;
  readonly #access: IndexAccess;
  readonly #dialect: SqlDialect;
  readonly #texts = new Map<string, string>();
  readonly #filtered = new Map<string, readonly [before: string, after: string]>();

  constructor(table: string, selected: string, access: IndexAccess, dialect: SqlDialect) {
    this.#dialect = dialect;
    this.#table = table;
    this.#selected = selected;
    this.#access = access;
  }

  get access(): IndexAccess {
    return this.#access;
  }

  /** `limit` is the last parameter, except of a count. */
  text(piece: RangePiece, reading: Reading): string {
    const shape = shapeOf(piece, reading);
    let text = this.#texts.get(shape);
    if (text === undefined) {
      text = this.#around(piece, reading, false).join('');
      this.#texts.set(shape, text);
    }
    return text;
  }

  /** The same of rows of which `where` is true, too; its parameters come behind those of the piece. */
  filtered(piece: RangePiece, reading: Reading, where: string): string {
    const shape = shapeOf(piece, reading);
    let around = this.#filtered.get(shape);
    if (around === undefined) {
      around = this.#around(piece, reading, true);
      this.#filtered.set(shape, around);
    }
    return around[0] + where + around[1];
  }

  /** The same of the first rows of the piece alone: how many comes between the parameters of the piece and those of `where`. */
  bounded(piece: RangePiece, reading: Reading, where: string): string {
    const [from, order] = this.#around(piece, reading === 'desc' ? 'desc' : 'asc', false, '*');
    const rows = `FROM (${from}${order}) AS ${this.#table} WHERE ${where}`;
    return reading === 'count' ? `SELECT COUNT(*) ${rows}` : `SELECT ${this.#selected} ${rows} LIMIT ${this.#dialect.limit.sql}`;
  }

  /** How many rows the piece has, up to the last parameter. */
  lengthText(piece: RangePiece): string {
    return `SELECT COUNT(*) FROM (${this.#around(piece, 'asc', false, '1').join('')}) AS passed`;
  }

  params(piece: RangePiece): SqlValue[] {
    const { columns } = this.#access;
    const params = piece.equal.map((bound, position) => this.#toSql(bound, columns[position]));
    const limited = columns[piece.equal.length];
    if (piece.lower !== null) params.push(this.#toSql(piece.lower.at, limited));
    if (piece.upper !== null) params.push(this.#toSql(piece.upper.at, limited));
    return params;
  }

  /** What stands before and behind a condition that is true besides. */
  #around(piece: RangePiece, reading: Reading, isFiltered: boolean, selected = this.#selected): readonly [before: string, after: string] {
    const { columns, via } = this.#access;
    const conditions = columns.slice(0, piece.equal.length).map((column) => `${column.sql} = ?`);
    const [limited] = columns.slice(piece.equal.length);
    if (limited !== undefined && piece.lower !== null) conditions.push(`${limited.sql} ${operator('>', piece.lower)} ?`);
    if (limited !== undefined && piece.upper !== null) conditions.push(`${limited.sql} ${operator('<', piece.upper)} ?`);
    const where =
      conditions.length === 0 ? (isFiltered ? ' WHERE ' : '') : ` WHERE ${conditions.join(' AND ')}${isFiltered ? ' AND ' : ''}`;
    const from = `FROM ${this.#table}${via}${where}`;
    if (reading === 'count') return [`SELECT COUNT(*) ${from}`, ''];
    const order = columns.slice(piece.equal.length).map((column) => (reading === 'desc' ? `${column.sql} DESC` : column.sql));
    return [`SELECT ${selected} ${from}`, `${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`} LIMIT ${this.#dialect.limit.sql}`];
  }

  #toSql(bound: Bound, column: OrderColumn | undefined): SqlValue {
    if (typeof bound !== 'string') return bound;
    if (column?.kind === 'key') return keyToBytes(bound).buffer;
    return this.#dialect.isNarrow ? escapeText(bound) : bound;
  }
}

function shapeOf(piece: RangePiece, reading: Reading): string {
  return `${piece.equal.length}${operator('>', piece.lower)}${operator('<', piece.upper)}${reading}`;
}

function operator(strict: '>' | '<', limit: RangePiece['lower']): string {
  if (limit === null) return '';
  return limit.inclusive ? `${strict}=` : strict;
}
