/**
 * A condition of rows as SQL that is true of the same rows.
 *
 * Always true: names come from the layouts of tables, every value is a parameter, and conditions of one shape have one text.
 */
import {
  compares,
  type FieldKind,
  fieldKind,
  lowered,
  type RowCondition,
  type RowField,
  type RowValue,
  subqueryAccess,
  type TableLayout,
} from '@betterbase/engine';
import type { SqlDialect } from '../dialect.ts';
import { escapeText } from '../narrow-text.ts';
import type { SqlText } from '../sql-value.ts';
import { type ConditionDialect, conditionDialects } from './condition-dialect.ts';
import { infiniteJson, isNullJson, jsonEquals, jsonHolds } from './json-conditions.ts';
import { joinedBy, sqlText } from './sql-text.ts';

/** A table as conditions name its columns. */
export interface ConditionTable {
  /** Quoted. */
  readonly sqlName: string;
  readonly layout: Pick<TableLayout, 'columns' | 'indexes'>;
}

export interface ConditionParts {
  readonly dialect: SqlDialect;
  /** The table whose rows are asked about. */
  readonly table: ConditionTable;
  /** What the statement calls it, quoted. */
  readonly alias: string;
  /** The tables of subqueries. */
  readonly tables: (name: string) => ConditionTable;
}

export function compileCondition(condition: RowCondition, parts: ConditionParts): SqlText {
  return new ConditionText(parts).write(condition, true);
}

interface Level {
  readonly alias: string;
  readonly table: ConditionTable;
}

type Operand =
  | { readonly kind: Exclude<FieldKind, 'json' | 'whole'>; readonly sql: SqlText }
  /** `kept` is the JSON text of what the column cannot hold. */
  | { readonly kind: 'whole'; readonly sql: SqlText; readonly kept: string }
  | { readonly kind: 'json'; readonly sql: SqlText };

type Comparison = Extract<RowCondition, { readonly type: 'compare' }>;

const unknown = 'CAST(NULL AS BOOLEAN)';

class ConditionText {
  readonly #dialect: SqlDialect;
  readonly #words: ConditionDialect;
  readonly #tables: ConditionParts['tables'];
  /** The innermost first. */
  #levels: readonly Level[];

  constructor({ dialect, table, alias, tables }: ConditionParts) {
    this.#dialect = dialect;
    this.#words = conditionDialects[dialect.family];
    this.#tables = tables;
    this.#levels = [{ alias, table }];
  }

  /** @param onlyTrue whether false is as good as not known */
  write(condition: RowCondition, onlyTrue: boolean): SqlText {
    switch (condition.type) {
      case 'known':
        return sqlText`${condition.truth === null ? unknown : condition.truth ? 'TRUE' : 'FALSE'}`;
      case 'and':
      case 'or':
        return joinedBy(
          condition.type === 'and' ? 'AND' : 'OR',
          condition.all.map((each) => this.write(each, onlyTrue)),
        );
      case 'not':
        return sqlText`(NOT ${this.write(condition.of, false)})`;
      case 'is': {
        const { truth } = condition;
        return sqlText`((${this.write(condition.of, truth === true)}) IS ${truth === null ? 'NULL' : truth ? 'TRUE' : 'FALSE'})`;
      }
      case 'is-null':
        return this.#isNull(this.#field(condition.of));
      case 'holds':
        return this.#holds(this.#field(condition.of));
      case 'compare':
        return this.#compare(condition, onlyTrue);
      case 'like':
        return this.#like(condition);
      case 'exists':
        return this.#exists(condition, onlyTrue);
      default:
        return condition satisfies never;
    }
  }

  #exists({ table: name, where }: Extract<RowCondition, { readonly type: 'exists' }>, onlyTrue: boolean): SqlText {
    const outer = this.#levels;
    const level = { alias: `_r${outer.length}`, table: this.#tables(name) };
    const levels = [level, ...outer];
    const from = `FROM ${level.table.sqlName} AS ${level.alias} WHERE`;
    const within = (write: () => SqlText): SqlText => {
      this.#levels = levels;
      const text = write();
      this.#levels = outer;
      return text;
    };
    const access = subqueryAccess(
      where,
      levels.map(({ table }) => table.layout),
    );
    if (access?.by !== 'list') return within(() => sqlText`EXISTS (SELECT 1 ${from} ${this.write(where, true)})`);
    // The database makes the list once: it does not see by itself that it could.
    const { links, rest } = access;
    const wanted = links.map((link) => this.#field({ ...link.outer, up: link.outer.up - 1 }).sql.sql).join(', ');
    const listed = within(() => {
      const names = links.map(({ inner }) => this.#field(inner).sql.sql).join(', ');
      return sqlText`SELECT ${names} ${from} ${this.write(rest, true)}`;
    });
    return onlyTrue ? sqlText`(${wanted}) IN (${listed})` : sqlText`COALESCE((${wanted}) IN (${listed}), FALSE)`;
  }

  #field(field: RowField): Operand {
    const level = this.#levels[field.up];
    if (level === undefined) throw new TypeError(`A field of no row: ${field.name}.`);
    const { alias, table } = level;
    const { name, path } = field;
    const kind = fieldKind(table.layout, field);
    const column = (named: string): string => `${alias}.${named}`;
    const extra = (): string => this.#words.jsonAt(column('_extra'), [name]);
    if (name === '_id' && path.length === 0) return { kind: 'text', sql: sqlText`${column('_id')}` };
    const own = column(this.#dialect.column(name));
    switch (kind) {
      case 'json': {
        const isColumn = table.layout.columns.some((each) => each.name === name);
        const json = isColumn ? this.#words.jsonAt(own, path) : this.#words.jsonAt(column('_extra'), [name, ...path]);
        return { kind, sql: sqlText`${json}` };
      }
      case 'whole':
        return { kind, sql: sqlText`${own}`, kept: extra() };
      case 'number':
        if (!this.#dialect.isNarrow || name === '_creationTime') return { kind, sql: sqlText`${own}` };
        return { kind, sql: sqlText`COALESCE(${own}, ${infiniteJson(extra(), this.#words.infinity)})` };
      case 'text':
      case 'boolean':
      case 'bytes':
      case 'list':
        return { kind, sql: sqlText`${own}` };
      default:
        return kind satisfies never;
    }
  }

  #isNull(operand: Operand): SqlText {
    switch (operand.kind) {
      case 'json':
        return sqlText`${isNullJson(operand.sql.sql)}`;
      case 'whole':
        return sqlText`(${operand.sql} IS NULL AND COALESCE(${operand.kept} = 'null', TRUE))`;
      default:
        return sqlText`(${operand.sql} IS NULL)`;
    }
  }

  #holds(operand: Operand): SqlText {
    switch (operand.kind) {
      case 'boolean':
        return operand.sql;
      case 'number':
        return sqlText`(${operand.sql} <> 0)`;
      case 'whole':
        return sqlText`COALESCE(${operand.sql} <> 0, CASE WHEN ${operand.kept} <> 'null' THEN TRUE END)`;
      case 'json':
        return sqlText`${jsonHolds(operand.sql.sql)}`;
      case 'text':
      case 'bytes':
      case 'list':
        return sqlText`${unknown}`;
      default:
        return operand satisfies never;
    }
  }

  #compare({ by, left, right }: Comparison, onlyTrue: boolean): SqlText {
    if (left.type === 'field' && right.type === 'value') return this.#compareTo(this.#field(left), by, right.value, onlyTrue);
    if (left.type === 'value' && right.type === 'field') return this.#compareTo(this.#field(right), turned[by], left.value, onlyTrue);
    return this.#comparePlain(this.#operand(left), by, this.#operand(right));
  }

  #compareTo(field: Operand, by: Comparison['by'], value: Extract<RowValue, { type: 'value' }>['value'], onlyTrue: boolean): SqlText {
    if (field.kind === 'json') {
      if (value instanceof ArrayBuffer) throw undecidable();
      return jsonEquals(field.sql.sql, isEquality(by), value, this.#words, onlyTrue);
    }
    if (field.kind !== 'whole' || typeof value === 'string' || value instanceof ArrayBuffer)
      return this.#comparePlain(field, by, this.#operand({ type: 'value', value }));
    const isEqual = isEquality(by);
    const number = Number(value);
    if (!Number.isInteger(number)) return this.#unlessNull([field], !isEqual);
    const compared = sqlText`${field.sql} ${isEqual ? '=' : '<>'} ${{ sql: this.#words.whole, params: [number] }}`;
    if (isEqual && onlyTrue) return sqlText`(${compared})`;
    return sqlText`COALESCE(${compared}, CASE WHEN ${field.kept} <> 'null' THEN ${isEqual ? 'FALSE' : 'TRUE'} END)`;
  }

  /** Of kinds that are known. */
  #comparePlain(left: Operand, by: Comparison['by'], right: Operand): SqlText {
    const [one, other] = [rankOf(left.kind), rankOf(right.kind)];
    if (one !== other) return this.#unlessNull([left, right], compares(one - other, by) === true);
    if (left.kind === 'whole' || right.kind === 'whole') throw undecidable();
    return sqlText`(${this.#counted(left)} ${by === '!=' ? '<>' : by} ${this.#counted(right)})`;
  }

  #unlessNull(operands: readonly Operand[], truth: boolean): SqlText {
    const isNull = joinedBy(
      'OR',
      operands.map((operand) => this.#isNull(operand)),
    );
    return sqlText`CASE WHEN ${isNull} THEN NULL ELSE ${truth ? 'TRUE' : 'FALSE'} END`;
  }

  #counted({ kind, sql }: Operand): SqlText {
    return kind === 'boolean' ? { ...sql, sql: this.#words.counted(sql.sql) } : sql;
  }

  #operand(value: RowValue): Operand {
    if (value.type === 'field') return this.#field(value);
    const bound = value.value;
    if (bound instanceof ArrayBuffer) return { kind: 'bytes', sql: { sql: this.#words.bytes, params: [bound] } };
    if (typeof bound === 'string') return { kind: 'text', sql: this.#text(bound) };
    return { kind: 'number', sql: { sql: this.#words.number, params: [Number(bound)] } };
  }

  #like({ of, how, text, ignoresCase }: Extract<RowCondition, { readonly type: 'like' }>): SqlText {
    const { kind, sql } = this.#field(of);
    if (kind !== 'text') throw undecidable();
    // The value is made lower here: what is lower is for the language of the database to say.
    const [own, part] = ignoresCase ? [`lower(${sql.sql})`, this.#text(lowered(text))] : [sql.sql, this.#text(text)];
    switch (how) {
      case 'is':
        return sqlText`(${own} = ${part})`;
      case 'starts': {
        const length = { sql: 'CAST(? AS INTEGER)', params: [Array.from(text).length] };
        return sqlText`(substr(${own}, 1, ${length}) = ${part})`;
      }
      case 'contains':
        return sqlText`(${{ ...part, sql: this.#words.position(own, part.sql) }} > 0)`;
      default:
        return how satisfies never;
    }
  }

  #text(text: string): SqlText {
    return { sql: this.#words.text, params: [this.#dialect.isNarrow ? escapeText(text) : text] };
  }
}

const turned = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const satisfies Record<
  Comparison['by'],
  Comparison['by']
>;

function isEquality(by: Comparison['by']): boolean {
  if (by === '=' || by === '!=') return by === '=';
  throw undecidable();
}

/** `canDecide` says which conditions get here. */
function undecidable(): TypeError {
  return new TypeError('This is a condition that no store is asked to decide.');
}

function rankOf(kind: FieldKind): number {
  switch (kind) {
    case 'number':
    case 'boolean':
    case 'whole':
      return 0;
    case 'text':
      return 1;
    case 'bytes':
      return 2;
    case 'json':
    case 'list':
      throw undecidable();
    default:
      return kind satisfies never;
  }
}
