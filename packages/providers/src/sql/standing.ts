import { BetterBaseError } from '@betterbase/core';
import type { LedgerState } from './ledger-state.ts';
import type { TableCounts } from './table-counts.ts';

export interface Stand<Table> {
  readonly state: LedgerState;
  readonly tables: ReadonlyMap<string, Table>;
  readonly counts: TableCounts;
}

/** Where a store stands, for it and its parts. Changed only when what changes it has succeeded. */
export class Standing<Table> {
  #now: Stand<Table> | null = null;

  get now(): Stand<Table> {
    if (this.#now === null) throw new Error('The store is used before open().');
    return this.#now;
  }

  take(now: Stand<Table>): void {
    this.#now = now;
  }

  /** @throws BetterBaseError `commit/conflict` */
  basedOn(version: number): Stand<Table> {
    const { now } = this;
    if (now.state.version === version) return now;
    throw conflict(version, now.state.version);
  }

  /** @throws BetterBaseError `table/not-found` */
  table(name: string): Table {
    const table = this.now.tables.get(name);
    if (table !== undefined) return table;
    throw new BetterBaseError('table/not-found', `There is no table \`${name}\`.`, { hint: 'Define it in betterbase/schema.ts.' });
  }
}

/** @param newest null: nobody knows which it is. */
export function conflict(basedOn: number, newest: number | null, cause?: unknown): BetterBaseError {
  const now = newest === null ? 'and there is a newer one' : `and the newest is ${newest}`;
  return new BetterBaseError('commit/conflict', `This was decided on version ${basedOn}, ${now}.`, { details: { basedOn, newest }, cause });
}
