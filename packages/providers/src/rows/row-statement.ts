import type { RowAnswer, RowCondition, RowOperation, RowTables, RowValue } from './row-operation.ts';

export interface RowStatement {
  readonly sql: string;
  readonly bindings: readonly RowValue[];
}

interface Target {
  readonly name: string;
  /** All columns, as they come back. */
  readonly all: string;
  /** Throws for a column that the table does not have. */
  readonly column: (name: string) => string;
}

/**
 * An operation as one statement of SQLite, which gives rows back as lists, in the order of the table's columns (`count` a single number).
 *
 * @throws Error for tables and columns that are not among those given.
 */
export function rowStatement(operation: RowOperation, tables: RowTables): RowStatement {
  const target = targetOf(operation.table, tables);
  switch (operation.do) {
    case 'insert': {
      const entries = Object.entries(operation.row);
      const columns = entries.map(([name]) => target.column(name)).join(', ');
      const marks = entries.map(() => '?').join(', ');
      return {
        sql: `INSERT INTO ${target.name} (${columns}) VALUES (${marks}) RETURNING ${target.all}`,
        bindings: entries.map(([, value]) => value),
      };
    }
    case 'find': {
      const { sql, bindings } = conditions(operation.where, target);
      const order = operation.sort === null ? '' : ` ORDER BY ${target.column(operation.sort.field)} ${operation.sort.direction}`;
      return {
        sql: `SELECT ${target.all} FROM ${target.name}${sql}${order} LIMIT ? OFFSET ?`,
        bindings: [...bindings, operation.limit, operation.offset],
      };
    }
    case 'count': {
      const { sql, bindings } = conditions(operation.where, target);
      return { sql: `SELECT count(*) AS count FROM ${target.name}${sql}`, bindings };
    }
    case 'update': {
      const set = Object.entries(operation.set);
      const add = Object.entries(operation.add);
      const changes = [
        ...set.map(([name]) => `${target.column(name)} = ?`),
        ...add.map(([name]) => `${target.column(name)} = coalesce(${target.column(name)}, 0) + ?`),
      ];
      const { sql, bindings } = which(operation, target);
      return {
        sql: `UPDATE ${target.name} SET ${changes.join(', ')}${sql} RETURNING ${target.all}`,
        bindings: [...set.map(([, value]) => value), ...add.map(([, value]) => value), ...bindings],
      };
    }
    case 'delete': {
      const { sql, bindings } = which(operation, target);
      return { sql: `DELETE FROM ${target.name}${sql} RETURNING ${target.all}`, bindings };
    }
    default:
      return operation satisfies never;
  }
}

/** What the statement's rows say. */
export function rowAnswer(operation: RowOperation, tables: RowTables, lists: readonly (readonly unknown[])[]): RowAnswer {
  if (operation.do === 'count') return { rows: [], count: Number(lists[0]?.[0] ?? 0) };
  const columns = tables[operation.table]?.columns ?? [];
  const rows = lists.map((list) => Object.fromEntries(columns.map((name, at) => [name, toValue(list[at])])));
  return { rows, count: rows.length };
}

function toValue(value: unknown): RowValue {
  return typeof value === 'string' || typeof value === 'number' ? value : null;
}

function targetOf(name: string, tables: RowTables): Target {
  const known = Object.hasOwn(tables, name) ? tables[name] : undefined;
  if (known === undefined) throw new Error(`There is no table ${JSON.stringify(name)} here.`);
  return {
    name: quoted(known.table),
    all: known.columns.map(quoted).join(', '),
    column: (column) => {
      if (!known.columns.includes(column)) throw new Error(`The table ${name} has no column ${JSON.stringify(column)}.`);
      return quoted(column);
    },
  };
}

function which({ where, reach }: RowOperation & { readonly do: 'update' | 'delete' }, target: Target): RowStatement {
  const found = conditions(where, target);
  if (reach === 'all') return found;
  return { sql: ` WHERE rowid = (SELECT rowid FROM ${target.name}${found.sql} LIMIT 1)`, bindings: found.bindings };
}

function conditions(where: readonly RowCondition[], target: Target): RowStatement {
  if (where.length === 0) return { sql: '', bindings: [] };
  const terms = where.map((each) => ({ connector: each.connector, ...condition(each, target) }));
  const all = terms.filter(({ connector }) => connector === 'AND');
  const any = terms.filter(({ connector }) => connector === 'OR');
  const parts = [...all.map(({ sql }) => sql), ...(any.length === 0 ? [] : [`(${any.map(({ sql }) => sql).join(' OR ')})`])];
  return { sql: ` WHERE ${parts.join(' AND ')}`, bindings: [...all, ...any].flatMap(({ bindings }) => bindings) };
}

function condition({ field, operator, value, mode }: RowCondition, target: Target): RowStatement {
  const isFolded = mode === 'insensitive' && (typeof value === 'string' || Array.isArray(value));
  const column = isFolded ? `lower(${target.column(field)})` : target.column(field);
  const mark = isFolded ? 'lower(?)' : '?';
  if (Array.isArray(value)) {
    if (operator !== 'in' && operator !== 'not_in') throw new Error(`\`${operator}\` takes no list.`);
    const each = isFolded ? 'lower(value)' : 'value';
    const sql = `${column} ${operator === 'in' ? 'IN' : 'NOT IN'} (SELECT ${each} FROM json_each(?))`;
    return { sql, bindings: [JSON.stringify(value)] };
  }
  switch (operator) {
    case 'eq':
      return { sql: `${column} IS ${mark}`, bindings: [value] };
    case 'ne':
      return { sql: `${column} IS NOT ${mark}`, bindings: [value] };
    case 'lt':
      return { sql: `${column} < ${mark}`, bindings: [value] };
    case 'lte':
      return { sql: `${column} <= ${mark}`, bindings: [value] };
    case 'gt':
      return { sql: `${column} > ${mark}`, bindings: [value] };
    case 'gte':
      return { sql: `${column} >= ${mark}`, bindings: [value] };
    case 'contains':
      return { sql: `instr(${column}, ${mark}) > 0`, bindings: [value] };
    case 'starts_with':
      return { sql: `substr(${column}, 1, length(?)) = ${mark}`, bindings: [value, value] };
    case 'ends_with':
      return { sql: `(length(${column}) >= length(?) AND substr(${column}, -length(?)) = ${mark})`, bindings: [value, value, value] };
    case 'in':
    case 'not_in':
      throw new Error(`\`${operator}\` takes a list.`);
    default:
      return operator satisfies never;
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
