/**
 * Imports under way: which there are, and the documents that are laid aside for them.
 *
 * Holds: nothing but SQL; what is staged rests in SQL tables of its own.
 * Does not hold: the tables of documents. What becomes of these is the commit's business.
 */
import {
  adoptNumbers,
  badLines,
  type ImportCommit,
  type ImportedTable,
  importNotFound,
  type ImportPlan,
  type ImportRecord,
  type ImportTable,
  type NormalizedSchema,
  type NormalizedTable,
  type StagedDocument,
  type StoredDocument,
  tableNotEmpty,
} from '@betterbase/engine';
import type { LedgerState } from '../sql/ledger-state.ts';
import { type ImportEntry, ImportLedger } from './import-ledger.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { dropStaging, importNumberIn, type IsTaken, StagingTable, type StagingUse } from './staging-table.ts';

/** Where the store stands. */
export interface ImportStand {
  readonly state: LedgerState;
  readonly count: (table: string) => number;
}

export interface StagedPart {
  readonly wanted: ImportTable;
  readonly table: NormalizedTable;
  readonly staging: StagingTable;
}

export interface StagedImportsParts {
  readonly disk: SqlDisk;
  /** What becomes of what is staged here. */
  readonly useOf: (plan: ImportPlan, table: ImportTable) => StagingUse;
}

export interface StageStep {
  readonly lines: number;
  readonly now: number;
  readonly state: LedgerState;
  /** Absent: the tables of documents are in the same database, and say so. */
  readonly isTaken?: IsTaken;
}

/** Whether its documents go to where others stay. */
export function goesBeside({ mode }: ImportTable): boolean {
  return mode === 'append' || mode === 'upsert';
}

export class StagedImports {
  readonly #parts: StagedImportsParts;
  readonly #disk: SqlDisk;
  readonly #ledger: ImportLedger;

  constructor(parts: StagedImportsParts) {
    this.#parts = parts;
    this.#disk = parts.disk;
    this.#ledger = new ImportLedger(parts.disk);
  }

  /** Returns the new one, and those that it has made forget. */
  begin(id: string, plan: ImportPlan, deployment: string, now: number, stand: ImportStand): [ImportEntry, readonly ImportEntry[]] {
    this.numbers(plan, stand);
    for (const { table, mode } of plan.tables) {
      const count = stand.count(table);
      if (mode === 'empty' && count > 0) throw tableNotEmpty(table, count);
    }
    return this.#disk.transaction(() => {
      const same = this.#ledger.find(id);
      const old = [...this.#ledger.forgotten(now).filter((each) => each.id !== id), ...(same === null ? [] : [same])];
      for (const each of old) this.#forget(each);
      const entry = this.#ledger.add(id, deployment, plan, now, newestNumber(stand.state));
      for (const { staging } of this.parts(entry, stand.state)) staging.create();
      return [entry, old];
    });
  }

  find(id: string): ImportEntry | null {
    return this.#ledger.find(id);
  }

  record(entry: ImportEntry, stand: ImportStand): ImportRecord {
    const { plan, deployment, lines, tables, isFinished } = entry;
    const schema = isFinished ? stand.state.schema : this.numbers(plan, stand).schema;
    return { plan, deployment, schema, lines: new Map(Object.entries(lines)), finished: isFinished ? { tables } : null };
  }

  /** One that is not finished. @throws BetterBaseError `import/not-found` */
  entry(id: string): ImportEntry {
    const entry = this.#ledger.find(id);
    if (entry === null || entry.isFinished) throw importNotFound(id);
    return entry;
  }

  /** The schema as it is with the imported numbers. */
  numbers(plan: ImportPlan, { state, count }: ImportStand): { readonly schema: NormalizedSchema; readonly nextNumber: number } {
    const wanted = new Map(plan.tables.flatMap(({ table, number }) => (number === undefined ? [] : [[table, number]])));
    const replaced = new Set(plan.tables.filter(({ mode }) => mode === 'replace').map(({ table }) => table));
    return adoptNumbers(state.schema, state.nextTable, wanted, (table) => !replaced.has(table) && count(table) > 0);
  }

  /**
   * @param also is done with the documents as they are staged, in the same transaction
   * @throws BetterBaseError `import/bad-lines`, `import/not-found`
   */
  stage(
    id: string,
    name: string,
    documents: readonly StagedDocument[],
    { lines, now, state, isTaken }: StageStep,
    also: (part: StagedPart, staged: readonly StoredDocument[]) => void = () => {},
  ): void {
    const entry = this.entry(id);
    const part = this.parts(entry, state).find(({ wanted }) => wanted.table === name);
    if (part === undefined) throw importNotFound(id);
    const { staging, wanted } = part;
    const beside = isTaken ?? ((place: number, id: string) => staging.isBeside(place, id));
    this.#disk.transaction(() => {
      const { problems, staged } = staging.add(documents, goesBeside(wanted) ? beside : () => false, now);
      if (problems.length > 0) throw badLines(problems);
      also(part, staged);
      this.#ledger.change({ ...entry, lines: { ...entry.lines, [name]: lines } }, now);
    });
  }

  parts(entry: ImportEntry, { schema }: LedgerState): StagedPart[] {
    return entry.plan.tables.flatMap((wanted) => {
      const table = schema.tables.find(({ name }) => name === wanted.table);
      if (table === undefined) return [];
      return [{ table, wanted, staging: new StagingTable(this.#disk, entry.number, this.#parts.useOf(entry.plan, wanted), table) }];
    });
  }

  /** What is staged has been committed. In the caller's transaction. Returns what has come of the import so far. */
  committed(
    entry: ImportEntry,
    tables: readonly ImportedTable[],
    { extent, now }: Pick<ImportCommit, 'extent' | 'now'>,
    state: LedgerState,
  ): void {
    if (extent === 'part') {
      for (const { staging } of this.parts(entry, state)) staging.empty();
      const moved = entry.plan.tables.map((each) => (isBegun(each) ? { ...each, mode: 'append' as const } : each));
      this.#ledger.change({ ...entry, plan: { ...entry.plan, tables: moved }, tables }, now);
    } else {
      this.#dropStaging(entry);
      this.#ledger.change({ ...entry, tables, isFinished: true }, now);
    }
  }

  drop(id: string): ImportEntry | null {
    const entry = this.#ledger.find(id);
    if (entry !== null) this.#disk.transaction(() => this.#forget(entry));
    return entry;
  }

  #forget(entry: ImportEntry): void {
    if (!entry.isFinished) this.#dropStaging(entry);
    this.#ledger.remove(entry);
  }

  #dropStaging({ number, plan }: ImportEntry): void {
    for (const { table } of plan.tables) dropStaging(this.#disk, number, table);
  }
}

/** Of what was imported before, in parts, and of what came now. */
export function sumImported(before: readonly ImportedTable[], now: readonly ImportedTable[]): ImportedTable[] {
  return now.map((each) => {
    const old = before.find(({ table }) => table === each.table);
    if (old === undefined) return each;
    const { table, inserted, replaced, deleted } = each;
    return { table, inserted: old.inserted + inserted, replaced: old.replaced + replaced, deleted: old.deleted + deleted };
  });
}

export function useOf({ isBatched }: ImportPlan, { mode }: ImportTable): StagingUse {
  return !isBatched && (mode === 'empty' || mode === 'replace') ? 'swap' : 'move';
}

/** Tables keep names of what they were staged as, so that a number is given once. */
function newestNumber({ places }: LedgerState): number {
  return Math.max(0, ...[...places.values()].map(({ home }) => importNumberIn(home)));
}

function isBegun({ mode }: ImportTable): boolean {
  return mode === 'empty' || mode === 'replace';
}
