import type { Value } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { ReadView, Scan, ScanRange } from '../transaction/read-view.ts';
import type { CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Identity } from '../turn/turn.ts';
import type { Evaluate } from './compile-condition.ts';
import type { Asked, Later, PolicyCaller } from './evaluation.ts';
import type { PolicySet, Reason, RowAccess } from './policy-set.ts';
import { indexFor } from './pinned-index.ts';
import type { Refusal, Refusals } from './refusals.ts';
import { type BoundPart, fieldsOfRange, SeenFilter } from './seen-filter.ts';
import { SeenRows } from './seen-rows.ts';
import { allRows, filteredRows, noRows, type SeenSql } from './seen-sql.ts';
import { toTruth } from './sql-value.ts';
import { layoutOf } from './table-layouts.ts';
import { RowsBefore, TableRows, type Written } from './table-rows.ts';

export interface ExplainedAccess {
  readonly allowed: boolean;
  readonly reasons: readonly Reason[];
}

/**
 * A transaction as its caller may see it: whatever reads through this sees the rows that a policy of their table shows, and
 * no trace of the others.
 *
 * Always true: what was read to decide is part of the transaction's read set, hidden rows included, so that a query runs again
 * when it would be decided differently.
 */
export class UserView implements ReadView {
  /** How rows were read would tell of hidden ones. */
  readonly notes = null;
  /** Null: nobody wants to know. */
  readonly refusals: Refusals | null;
  readonly #transaction: Transaction;
  readonly #policies: PolicySet;
  readonly #caller: PolicyCaller;
  readonly #rows: TableRows;
  readonly #bound = new Map<string, readonly BoundPart[]>();

  constructor(parts: {
    readonly transaction: Transaction;
    readonly policies: PolicySet;
    readonly identity: Identity | null;
    readonly refusals: Refusals | null;
  }) {
    this.refusals = parts.refusals;
    this.#transaction = parts.transaction;
    this.#policies = parts.policies;
    this.#caller = toCaller(parts.identity);
    this.#rows = new TableRows(parts.transaction);
  }

  get catalog(): TableCatalog {
    return this.#transaction.catalog;
  }

  get pages(): Transaction['pages'] {
    return this.#transaction.pages;
  }

  allows(access: RowAccess, table: string, row: StoredDocument): Later<boolean> {
    return this.#policies.allows(access, table, this.#asked(row));
  }

  /** Whether, and what each condition that has a say came to. */
  async explain(access: RowAccess, table: string, row: StoredDocument): Promise<ExplainedAccess> {
    return { allowed: await this.allows(access, table, row), reasons: await this.#policies.explain(access, table, this.#asked(row)) };
  }

  /** Of a row as it has just been written; subqueries read what was there before. */
  allowsWritten(access: RowAccess, row: StoredDocument, written: Written): Later<boolean> {
    return this.#policies.allows(access, written.table, { ...this.#asked(row), rows: new RowsBefore(this.#rows, written) });
  }

  /** Notes what somebody was not allowed about a row. Looks into why, so only where it is wanted. */
  async refused({ row, ...what }: Omit<Refusal, 'subject' | 'reasons'> & { readonly row: StoredDocument }): Promise<void> {
    if (this.refusals === null) return;
    const reasons = await this.#policies.explain(what.access, what.table, this.#asked(row));
    this.refusals.add({ ...what, subject: this.#caller.uid, reasons });
  }

  async get(table: CatalogTable, id: string): Promise<StoredDocument | null> {
    const found = await this.#transaction.get(table, id);
    return found !== null && (await this.allows('select', table.name, found)) ? found : null;
  }

  scan(table: CatalogTable, range: ScanRange): Scan {
    if (this.#policies.allowsNone('select', table.name)) return nothing;
    if (this.seesAll(table.name)) return this.#transaction.scan(table, range);
    const narrowed = this.#narrow(table, range);
    if (narrowed.filter.isNever) return nothing;
    return new SeenRows({
      table: table.name,
      overlay: this.#transaction.overlay,
      filter: narrowed.filter,
      open: (plan) =>
        this.#transaction.scan(table, narrowed.range, () => {
          const { where, reads } = plan();
          this.#transaction.asks(reads);
          return where;
        }),
      sees: (row) => this.allows('select', table.name, row),
      holds: (left, row) => this.#holds(left, row),
    });
  }

  /** What SQL may see of a table; null where a database cannot say it. */
  seenSql(table: CatalogTable): SeenSql | null {
    if (this.seesAll(table.name)) return allRows(table);
    if (this.#policies.allowsNone('select', table.name)) return noRows;
    return filteredRows(table, new SeenFilter(this.#partsOf(table.name), new Map()));
  }

  /** Whether every row of the table is seen, whoever asks. */
  seesAll(table: string): boolean {
    return this.#policies.allowsAll('select', table);
  }

  async count(table: CatalogTable, range: Omit<ScanRange, 'order'>): Promise<number> {
    if (this.seesAll(table.name)) return await this.#transaction.count(table, range);
    const counted = this.#policies.allowsNone('select', table.name) ? 0 : await this.#counted(table, range);
    if (counted !== null) return counted;
    const scan = this.scan(table, { ...range, order: 'asc' });
    let count = 0;
    while ((await scan.next(countedAtOnce)) !== null) count++;
    return count;
  }

  /** Null where rows have to be looked at. */
  async #counted(table: CatalogTable, range: Omit<ScanRange, 'order'>): Promise<number | null> {
    const { overlay } = this.#transaction;
    const narrowed = this.#narrow(table, { ...range, order: 'asc' });
    if (narrowed.filter.isNever) return 0;
    const { where, left, reads } = narrowed.filter.plan(overlay);
    if (left.length > 0 || overlay.hasTable(table.name)) return null;
    this.#transaction.asks(reads);
    const { index, lower, upper } = narrowed.range;
    return await this.#transaction.count(table, { index, lower, upper, ...(where === null ? null : { where }) });
  }

  async search(...[table, read]: Parameters<Transaction['search']>): ReturnType<Transaction['search']> {
    return await this.#best(
      read.limit,
      (limit) => this.#transaction.search(table, { ...read, limit }),
      ({ document }) => this.allows('select', table.name, document),
    );
  }

  async nearest(...[table, read]: Parameters<Transaction['nearest']>): ReturnType<Transaction['nearest']> {
    return await this.#best(
      read.limit,
      (limit) => this.#transaction.nearest(table, { ...read, limit }),
      async ({ id }) => (await this.get(table, id)) !== null,
    );
  }

  /** The first `limit` that are seen; more and more are asked for until there are so many, or no more. */
  async #best<Found>(
    limit: number,
    find: (limit: number) => Promise<readonly Found[]>,
    isSeen: (found: Found) => Later<boolean>,
  ): Promise<Found[]> {
    const seen: Found[] = [];
    let looked = 0;
    for (let asked = limit; ; asked *= 4) {
      const found = await find(asked);
      for (const each of found.slice(looked)) if (await isSeen(each)) seen.push(each);
      looked = found.length;
      if (seen.length >= limit || found.length < asked) return seen.slice(0, limit);
    }
  }

  /** The range, and what rows of it are to be like. By an index on what every row has that is seen, where that gives the same rows in the same order. */
  #narrow(table: CatalogTable, range: ScanRange): { readonly range: ScanRange; readonly filter: SeenFilter } {
    const parts = this.#partsOf(table.name);
    const filter = new SeenFilter(parts, fieldsOfRange(table, range));
    const chosen = range.index === byCreationTime ? indexFor(table, filter.pins, 'whole') : null;
    if (chosen === null) return { range, filter };
    const within = ({ prefix, inclusive }: ScanRange['lower']): ScanRange['lower'] => ({
      prefix: [...chosen.prefix, ...prefix],
      inclusive,
    });
    const narrowed = { ...range, index: chosen.index, lower: within(range.lower), upper: within(range.upper) };
    return { range: narrowed, filter: new SeenFilter(parts, fieldsOfRange(table, narrowed)) };
  }

  #partsOf(table: string): readonly BoundPart[] {
    let parts = this.#bound.get(table);
    if (parts === undefined) {
      parts = this.#policies.bind('select', table, { caller: this.#caller, layout: (name) => layoutOf(this.catalog, name) });
      this.#bound.set(table, parts);
    }
    return parts;
  }

  /** Whether all of them are true of the row. */
  async #holds(all: readonly Evaluate[], row: StoredDocument): Promise<boolean> {
    const asked = this.#asked(row);
    for (const holds of all) if (toTruth(await holds(asked)) !== true) return false;
    return true;
  }

  #asked(row: StoredDocument): Asked {
    return { caller: this.#caller, rows: this.#rows, frame: { row, outer: null } };
  }
}

const countedAtOnce = 1_024;
const nothing: Scan = { next: () => Promise.resolve(null), take: () => Promise.resolve([]) };

/** What the identity functions of a policy give. */
function toCaller(identity: Identity | null): PolicyCaller {
  if (identity === null) return { uid: null, role: 'anon', email: null, jwt: null };
  const { role, email } = identity;
  const isAnybodys = ['emailVerified', 'email_verified'].some((claim) => String(identity[claim]) === 'false');
  return {
    uid: identity.subject,
    role: typeof role === 'string' ? role : 'authenticated',
    // An address that nobody has confirmed is whatever somebody typed.
    email: typeof email === 'string' && !isAnybodys ? email : null,
    // Claims were JSON when the token was read.
    jwt: identity as { readonly [claim: string]: Value },
  };
}
