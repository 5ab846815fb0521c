import type { StoredDocument } from '../ports/document-store.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Later, Pin, RowSource } from './evaluation.ts';
import { indexFor } from './pinned-index.ts';
import type { Truth } from './sql-value.ts';

/** A row that has just been written, and what it was; null: it was not there. */
export interface Written {
  readonly table: string;
  readonly id: string;
  readonly before: StoredDocument | null;
}

const firstChunk = 16;
const largestChunk = 1_024;

/** What subqueries of policies read: rows of the transaction, by index where one serves, in its read set and on its account. */
export class TableRows implements RowSource {
  readonly #transaction: Transaction;
  readonly #remembered = new Map<object, Map<string, Promise<Truth>>>();

  constructor(transaction: Transaction) {
    this.#transaction = transaction;
  }

  async visit(name: string, pins: readonly Pin[], visit: (row: StoredDocument) => Later<boolean>): Promise<void> {
    // Nothing equals null.
    if (pins.some(({ value }) => value === null)) return;
    const table = this.#transaction.catalog.get(name);
    const { index, prefix } = indexFor(table, pins, 'prefix') ?? { index: byCreationTime, prefix: [] };
    const end = { prefix, inclusive: true };
    const scan = this.#transaction.scan(table, { index, lower: end, upper: end, order: 'asc' });
    let chunk = firstChunk;
    for (let row = await scan.next(chunk); row !== null; row = await scan.next(chunk)) {
      if (await visit(row)) return;
      chunk = Math.min(chunk * 2, largestChunk);
    }
  }

  remember(subquery: object, key: string, work: () => Promise<Truth>): Promise<Truth> {
    // The run's own writes may change the answer.
    if (this.#transaction.overlay.size > 0) return work();
    const answers = this.#remembered.get(subquery) ?? new Map<string, Promise<Truth>>();
    const answer = answers.get(key) ?? work();
    this.#remembered.set(subquery, answers.set(key, answer));
    return answer;
  }
}

/** The rows as they were before one of them was written: what a policy is asked about a write, it is asked of the data as it was. */
export class RowsBefore implements RowSource {
  readonly #rows: RowSource;
  readonly #written: Written;

  constructor(rows: RowSource, written: Written) {
    this.#rows = rows;
    this.#written = written;
  }

  async visit(table: string, pins: readonly Pin[], visit: (row: StoredDocument) => Later<boolean>): Promise<void> {
    const { table: own, id, before } = this.#written;
    if (table !== own) return await this.#rows.visit(table, pins, visit);
    if (before !== null && (await visit(before))) return;
    await this.#rows.visit(table, pins, (row) => row._id !== id && visit(row));
  }

  remember(subquery: object, key: string, work: () => Promise<Truth>): Promise<Truth> {
    return this.#rows.remember(subquery, key, work);
  }
}
