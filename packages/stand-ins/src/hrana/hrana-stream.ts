import Database from 'libsql';
import type { HranaCondition, HranaFault, HranaRequest, HranaResult, HranaStatement, HranaStep } from './hrana-protocol.ts';
import { decodeHranaValue, encodeHranaValue } from './hrana-values.ts';

type Answer = { readonly type: 'ok'; readonly response: unknown } | { readonly type: 'error'; readonly error: HranaFault };

/** A connection to the database, as a client sees it: its transaction, and the SQL texts it has stored. */
export class HranaStream {
  readonly #database: InstanceType<typeof Database>;
  readonly #texts = new Map<number, string>();

  constructor(file: string) {
    this.#database = new Database(file);
    this.#database.exec('PRAGMA journal_mode = WAL');
  }

  get isOpen(): boolean {
    return this.#database.open;
  }

  answer(request: HranaRequest): Answer {
    try {
      return { type: 'ok', response: { type: request.type, ...this.#carryOut(request) } };
    } catch (error) {
      return { type: 'error', error: faultOf(error) };
    }
  }

  /** Takes back what is not committed. */
  close(): void {
    if (!this.#database.open) return;
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    this.#database.close();
  }

  #carryOut(request: HranaRequest): object {
    switch (request.type) {
      case 'close':
        this.close();
        return {};
      case 'execute':
        return { result: this.#execute(request.stmt) };
      case 'batch':
        return { result: this.#batch(request.batch.steps) };
      case 'sequence':
        this.#database.exec(this.#textOf(request));
        return {};
      case 'store_sql':
        this.#texts.set(request.sql_id, request.sql);
        return {};
      case 'close_sql':
        this.#texts.delete(request.sql_id);
        return {};
      case 'get_autocommit':
        return { is_autocommit: !this.#database.inTransaction };
      default:
        return request satisfies never;
    }
  }

  #batch(steps: readonly HranaStep[]): object {
    const results: (HranaResult | null)[] = [];
    const errors: (HranaFault | null)[] = [];
    for (const { stmt, condition } of steps) {
      let result: HranaResult | null = null;
      let error: HranaFault | null = null;
      if (!condition || this.#holds(condition, results, errors)) {
        try {
          result = this.#execute(stmt);
        } catch (thrown) {
          error = faultOf(thrown);
        }
      }
      results.push(result);
      errors.push(error);
    }
    return { step_results: results, step_errors: errors };
  }

  #holds(condition: HranaCondition, results: readonly unknown[], errors: readonly unknown[]): boolean {
    switch (condition.type) {
      case 'ok':
        return (results[condition.step] ?? null) !== null;
      case 'error':
        return (errors[condition.step] ?? null) !== null;
      case 'not':
        return !this.#holds(condition.cond, results, errors);
      case 'and':
        return condition.conds.every((part) => this.#holds(part, results, errors));
      case 'or':
        return condition.conds.some((part) => this.#holds(part, results, errors));
      case 'is_autocommit':
        return !this.#database.inTransaction;
      default:
        return condition satisfies never;
    }
  }

  #execute(statement: HranaStatement): HranaResult {
    const prepared = this.#database.prepare(this.#textOf(statement)).safeIntegers(true);
    const params = paramsOf(statement);
    const before = this.#count('total_changes()');
    const cols = prepared.reader ? prepared.columns() : [];
    const rows = prepared.reader ? prepared.raw(true).all(params).map(toCells) : this.#run(prepared, params);
    const wrote = this.#count('total_changes()') !== before;
    return {
      cols: cols.map(({ name, type }) => ({ name, decltype: type })),
      rows: statement.want_rows === false ? [] : rows,
      affected_row_count: wrote ? this.#count('changes()') : 0,
      last_insert_rowid: wrote ? String(this.#count('last_insert_rowid()')) : null,
    };
  }

  #run(prepared: { run(params: object): unknown }, params: object): [] {
    prepared.run(params);
    return [];
  }

  #count(expression: string): number {
    const row = this.#database.prepare(`SELECT ${expression} AS n`).get();
    return typeof row === 'object' && row !== null && 'n' in row ? Number(row.n) : 0;
  }

  #textOf({ sql, sql_id }: Pick<HranaStatement, 'sql' | 'sql_id'>): string {
    const text = sql ?? this.#texts.get(sql_id ?? Number.NaN);
    if (text === undefined) throw new Error('There is no SQL text, and none was stored by this number.');
    return text;
  }
}

/** One array, or one object of names: of bytes that come alone, the package would make names. */
function paramsOf({ args, named_args: named }: HranaStatement): object {
  if (!named || named.length === 0) return (args ?? []).map(decodeHranaValue);
  return Object.fromEntries(named.map(({ name, value }) => [name.replace(/^[:@$]/, ''), decodeHranaValue(value)]));
}

function toCells(row: unknown): ReturnType<typeof encodeHranaValue>[] {
  return Array.isArray(row) ? row.map(encodeHranaValue) : [];
}

/** A server of libSQL names the result code without its extension. */
function faultOf(error: unknown): HranaFault {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return { message: `SQLite error: ${message}`, code: /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? 'SQL_INPUT_ERROR' };
}
