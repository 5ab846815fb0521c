import type { Value } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { ReadView, Scan, ScanRange } from '../transaction/read-view.ts';
import type { CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';
import type { Transaction } from '../transaction/transaction.ts';
import type { Identity } from '../turn/turn.ts';
import type { Asked, Later, Pin, PolicyCaller } from './evaluation.ts';
import type { PolicySet, Reason, RowAccess } from './policy-set.ts';
import { type IndexChoice, indexFor } from './pinned-index.ts';
import type { Refusal, Refusals } from './refusals.ts';
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
    const sees = (row: StoredDocument): Later<boolean> => this.allows('select', table.name, row);
    return new SeenRows(() => this.#open(table, range), sees);
  }

  /** Whether every row of the table is seen, whoever asks. */
  seesAll(table: string): boolean {
    return this.#policies.allowsAll('select', table);
  }

  async count(table: CatalogTable, range: Omit<ScanRange, 'order'>): Promise<number> {
    if (this.#policies.allowsAll('select', table.name)) return await this.#transaction.count(table, range);
    const scan = this.scan(table, { ...range, order: 'asc' });
    let count = 0;
    while ((await scan.next(countedAtOnce)) !== null) count++;
    return count;
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

  /** By an index on what the policy asks of every row, where that gives the same rows in the same order. */
  async #open(table: CatalogTable, range: ScanRange): Promise<Scan> {
    const chosen = range.index === byCreationTime ? await this.#choose(table) : null;
    if (chosen === null) return this.#transaction.scan(table, range);
    const within = ({ prefix, inclusive }: ScanRange['lower']): ScanRange['lower'] => ({
      prefix: [...chosen.prefix, ...prefix],
      inclusive,
    });
    return this.#transaction.scan(table, {
      index: chosen.index,
      lower: within(range.lower),
      upper: within(range.upper),
      order: range.order,
    });
  }

  async #choose(table: CatalogTable): Promise<IndexChoice | null> {
    const asked = this.#asked({ _id: '', _creationTime: 0 });
    const pins = await Promise.all(
      this.#policies.pins('select', table.name).map(async ({ field, value }): Promise<Pin> => ({ field, value: await value(asked) })),
    );
    return indexFor(table, pins, 'whole');
  }

  #asked(row: StoredDocument): Asked {
    return { caller: this.#caller, rows: this.#rows, frame: { row, outer: null } };
  }
}

const countedAtOnce = 1_024;
const nothing: Scan = { next: () => Promise.resolve(null), take: () => Promise.resolve([]) };

/** The rows of a scan that are seen. */
class SeenRows implements Scan {
  readonly #open: () => Promise<Scan>;
  readonly #sees: (row: StoredDocument) => Later<boolean>;
  #scan: Promise<Scan> | null = null;

  constructor(open: () => Promise<Scan>, sees: (row: StoredDocument) => Later<boolean>) {
    this.#open = open;
    this.#sees = sees;
  }

  async next(ahead: number): Promise<StoredDocument | null> {
    this.#scan ??= this.#open();
    const scan = await this.#scan;
    for (let row = await scan.next(ahead); row !== null; row = await scan.next(ahead)) if (await this.#sees(row)) return row;
    return null;
  }

  async take(count: number): Promise<StoredDocument[]> {
    const taken: StoredDocument[] = [];
    while (taken.length < count) {
      const row = await this.next(Math.min(count - taken.length, countedAtOnce));
      if (row === null) break;
      taken.push(row);
    }
    return taken;
  }
}

/** What the identity functions of a policy give. */
function toCaller(identity: Identity | null): PolicyCaller {
  if (identity === null) return { uid: null, role: 'anon', email: null, jwt: null };
  const { role, email } = identity;
  return {
    uid: identity.subject,
    role: typeof role === 'string' ? role : 'authenticated',
    email: typeof email === 'string' ? email : null,
    // Claims were JSON when the token was read.
    jwt: identity as { readonly [claim: string]: Value },
  };
}
