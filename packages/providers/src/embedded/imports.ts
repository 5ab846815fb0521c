/**
 * Documents that are laid aside until they are committed all at once.
 *
 * Holds: nothing but SQL; what is staged rests in SQL tables of its own.
 * Always true: nobody sees a staged document before `commit`, and after it everybody sees all.
 */
import {
  adoptNumbers,
  badLines,
  type CommittedImport,
  type DocumentWrite,
  type ImportCommit,
  type ImportedTable,
  importNotFound,
  type ImportPlan,
  type ImportProblem,
  type ImportTable,
  mostImportProblems,
  type NormalizedSchema,
  type NormalizedTable,
  type StagedDocument,
  tableNotEmpty,
} from '@betterbase/engine';
import { missingReferences, takenIds, takenKeys } from './check-import.ts';
import { EmbeddedTable } from './embedded-table.ts';
import { quote } from '../sql/identifier.ts';
import { type ImportEntry, ImportLedger } from './import-ledger.ts';
import type { LedgerState } from '../sql/ledger-state.ts';
import type { SqlDisk } from './sql-disk.ts';
import { dropStaging, importNumberIn, StagingTable, type StagingUse } from './staging-table.ts';
import { countRows } from './count-rows.ts';

/** Where the store stands. */
export interface ImportInto {
  readonly state: LedgerState;
  readonly tables: ReadonlyMap<string, EmbeddedTable>;
  readonly count: (table: string) => number;
}

export interface Imported extends CommittedImport {
  readonly nextTable: number;
  /** Those that another SQL table has become. */
  readonly swapped: ReadonlyMap<string, EmbeddedTable>;
}

interface Part {
  readonly target: EmbeddedTable;
  readonly staging: StagingTable;
  readonly wanted: ImportTable;
  readonly table: NormalizedTable;
}

interface Moved {
  readonly imported: ImportedTable;
  /** If it is another SQL table now. */
  readonly table: EmbeddedTable | null;
}

/** Rows may have 2 MB each: what is held at once must stay small. */
const chunk = 32;

export class Imports {
  readonly #disk: SqlDisk;
  readonly #ledger: ImportLedger;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.#ledger = new ImportLedger(disk);
  }

  begin(id: string, plan: ImportPlan, deployment: string, now: number, into: ImportInto): void {
    this.numbers(plan, into);
    for (const { table, mode } of plan.tables) {
      const count = into.count(table);
      if (mode === 'empty' && count > 0) throw tableNotEmpty(table, count);
    }
    this.#disk.transaction(() => {
      const same = this.#ledger.find(id);
      for (const old of [...this.#ledger.forgotten(now).filter((each) => each.id !== id), ...(same === null ? [] : [same])])
        this.#forget(old);
      const entry = this.#ledger.add(id, deployment, plan, now, newestNumber(into));
      for (const { staging } of this.#parts(entry, into)) staging.create();
    });
  }

  find(id: string): ImportEntry | null {
    return this.#ledger.find(id);
  }

  /** The schema as it is with the imported numbers. */
  numbers(plan: ImportPlan, { state, count }: ImportInto): { readonly schema: NormalizedSchema; readonly nextNumber: number } {
    const wanted = new Map(plan.tables.flatMap(({ table, number }) => (number === undefined ? [] : [[table, number]])));
    const replaced = new Set(plan.tables.filter(({ mode }) => mode === 'replace').map(({ table }) => table));
    return adoptNumbers(state.schema, state.nextTable, wanted, (table) => !replaced.has(table) && count(table) > 0);
  }

  stage(id: string, name: string, documents: readonly StagedDocument[], lines: number, now: number, into: ImportInto): void {
    const entry = this.#entry(id);
    const part = this.#parts(entry, into).find(({ wanted }) => wanted.table === name);
    if (part === undefined) throw importNotFound(id);
    const { staging, wanted } = part;
    this.#disk.transaction(() => {
      const problems = staging.add(documents, wanted.mode === 'append' || wanted.mode === 'upsert', now);
      if (problems.length > 0) throw badLines(problems);
      this.#ledger.change({ ...entry, lines: { ...entry.lines, [name]: lines } }, now);
    });
  }

  /** In the caller's transaction. */
  commit(id: string, { time, now, extent }: Omit<ImportCommit, 'basedOn' | 'version'>, into: ImportInto): Imported {
    const entry = this.#entry(id);
    const { schema, nextNumber: nextTable } = this.numbers(entry.plan, into);
    const parts = this.#parts(entry, into);
    const problems = parts.flatMap((part) => this.#clashes(part, into));
    if (problems.length > 0) throw badLines(problems.slice(0, mostImportProblems));

    const newest = Math.max(time, ...parts.map(({ staging }) => this.#newest(staging)));
    const done = parts.map((part) => (part.staging.use === 'swap' ? this.#swap(part, into) : this.#move(part, into)));
    const tables = done.map(({ imported }) => imported);
    const missing = this.#missingReferences(parts, into);
    if (missing.length > 0) throw badLines(missing.slice(0, mostImportProblems));

    const summed = sum(entry.tables, tables);
    if (extent === 'part') {
      for (const { staging } of parts) staging.empty();
      const moved = entry.plan.tables.map((each) => (isBegun(each) ? { ...each, mode: 'append' as const } : each));
      this.#ledger.change({ ...entry, plan: { ...entry.plan, tables: moved }, tables: summed }, now);
    } else {
      this.#dropStaging(entry);
      this.#ledger.change({ ...entry, tables: summed, isFinished: true }, now);
    }
    const swapped = new Map(done.flatMap(({ table }) => (table === null ? [] : [[table.name, table]])));
    const written = { tables: schema.tables.map((table) => (swapped.has(table.name) ? { ...table } : table)) };
    return { summary: { tables: summed }, schema: swapped.size === 0 ? schema : written, nextTable, time: newest, swapped };
  }

  drop(id: string): void {
    const entry = this.#ledger.find(id);
    if (entry !== null) this.#disk.transaction(() => this.#forget(entry));
  }

  #entry(id: string): ImportEntry {
    const entry = this.#ledger.find(id);
    if (entry === null || entry.isFinished) throw importNotFound(id);
    return entry;
  }

  #forget(entry: ImportEntry): void {
    if (!entry.isFinished) this.#dropStaging(entry);
    this.#ledger.remove(entry);
  }

  #dropStaging({ number, plan }: ImportEntry): void {
    for (const { table } of plan.tables) dropStaging(this.#disk, number, table);
  }

  #parts(entry: ImportEntry, { state, tables }: ImportInto): Part[] {
    return entry.plan.tables.flatMap((wanted) => {
      const target = tables.get(wanted.table);
      const table = state.schema.tables.find(({ name }) => name === wanted.table);
      if (target === undefined || table === undefined) return [];
      return [{ target, table, wanted, staging: new StagingTable(this.#disk, entry.number, useOf(entry.plan, wanted), table, target) }];
    });
  }

  #clashes({ target, staging, wanted }: Part, { count }: ImportInto): ImportProblem[] {
    const { mode } = wanted;
    if (mode === 'replace') return [];
    const there = count(target.name);
    if (there === 0) return [];
    if (mode === 'empty') throw tableNotEmpty(target.name, there);
    staging.makeRoom();
    return [
      ...(mode === 'append' ? takenIds(this.#disk, staging, target) : []),
      ...takenKeys(this.#disk, staging, target, mode === 'upsert'),
    ];
  }

  #newest({ sqlName }: StagingTable): number {
    return Number(this.#disk.read(`SELECT COALESCE(MAX(_seq), 0) FROM ${sqlName}`)[0]?.[0]) / 4096;
  }

  /** What is staged becomes the table: however much it is, this takes no time. */
  #swap({ target, staging, wanted, table }: Part, { count }: ImportInto): Moved {
    const inserted = countRows(this.#disk, staging.table.name);
    target.sides.drop();
    this.#disk.write(`DROP TABLE ${quote(target.place.sqlName)}`);
    this.#disk.write(`ALTER TABLE ${staging.sqlName} RENAME TO ${quote(target.place.sqlName)}`);
    const next = new EmbeddedTable(this.#disk, table, { sqlName: target.place.sqlName, home: staging.table.place.home });
    return { table: next, imported: { table: wanted.table, inserted, replaced: 0, deleted: count(wanted.table) } };
  }

  #move(part: Part, { count }: ImportInto): Moved {
    const { target, staging, wanted } = part;
    const into = quote(target.name);
    const staged = countRows(this.#disk, staging.table.name);
    const deleted = wanted.mode === 'replace' ? count(target.name) : 0;
    if (wanted.mode === 'replace') this.#empty(target);
    const same = `FROM ${into} WHERE _id IN (SELECT _id FROM ${staging.sqlName})`;
    const replaced = wanted.mode === 'upsert' ? Number(this.#disk.read(`SELECT COUNT(*) ${same}`)[0]?.[0]) : 0;
    if (!target.sides.isEmpty) this.#moveWithSides(part);
    else {
      if (replaced > 0) this.#disk.write(`DELETE ${same}`);
      this.#disk.write(`INSERT INTO ${into} (${columnsOf(target)}) SELECT ${columnsOf(target)} FROM ${staging.sqlName} ORDER BY _seq`);
    }
    return { table: null, imported: { table: target.name, inserted: staged - replaced, replaced, deleted } };
  }

  #empty(target: EmbeddedTable): void {
    target.sides.drop();
    this.#disk.write(`DELETE FROM ${quote(target.name)}`);
    target.sides.takeOver(null);
  }

  /** What is kept beside the table follows each few rows. */
  #moveWithSides({ target, staging, wanted }: Part): void {
    const { codec } = staging.table;
    const columns = columnsOf(target);
    let place = Number.MIN_SAFE_INTEGER;
    for (;;) {
      const rows = this.#disk.read(`SELECT ${codec.selected} FROM ${staging.sqlName} WHERE _seq > ? ORDER BY _seq LIMIT ${chunk}`, place);
      const writes = rows.map((row): DocumentWrite => {
        const after = codec.decode(row);
        const before = wanted.mode === 'upsert' ? target.get(after._id) : null;
        return { table: target.name, id: after._id, before, after };
      });
      for (const { before } of writes) if (before !== null) target.delete(before);
      const until = Number(rows.at(-1)?.[0] ?? place);
      this.#disk.write(
        `INSERT INTO ${quote(target.name)} (${columns}) SELECT ${columns} FROM ${staging.sqlName} WHERE _seq > ? AND _seq <= ? ORDER BY _seq`,
        place,
        until,
      );
      target.sides.apply(writes);
      if (rows.length < chunk) return;
      place = until;
    }
  }

  /** Of what came, and, where documents went, of what is left. */
  #missingReferences(parts: readonly Part[], { state, tables }: ImportInto): ImportProblem[] {
    const came = parts.flatMap(({ table, target, staging }) => {
      const sqlName = staging.use === 'swap' ? quote(target.name) : staging.sqlName;
      return missingReferences(this.#disk, table, { sqlName, layout: target.layout }, (id) => staging.lineOf(id, sqlName), null);
    });
    const emptied = parts.filter(({ wanted }) => wanted.mode === 'replace').map(({ wanted }) => wanted.table);
    if (came.length > 0 || emptied.length === 0) return came;
    return state.schema.tables.flatMap((table) => {
      const layout = table.active ? tables.get(table.name)?.layout : undefined;
      return layout === undefined ? [] : missingReferences(this.#disk, table, { sqlName: quote(table.name), layout }, () => null, emptied);
    });
  }
}

/** Tables keep names of what they were staged as, so that a number is given once. */
function newestNumber({ tables }: ImportInto): number {
  return Math.max(0, ...[...tables.values()].map(({ place }) => importNumberIn(place.home)));
}

function useOf({ isBatched }: ImportPlan, { mode }: ImportTable): StagingUse {
  return !isBatched && (mode === 'empty' || mode === 'replace') ? 'swap' : 'move';
}

function isBegun({ mode }: ImportTable): boolean {
  return mode === 'empty' || mode === 'replace';
}

function columnsOf({ codec }: EmbeddedTable): string {
  return `_seq, _id, _updatedTime, ${codec.columns.map(({ name }) => name).join(', ')}`;
}

function sum(before: readonly ImportedTable[], now: readonly ImportedTable[]): ImportedTable[] {
  return now.map((each) => {
    const old = before.find(({ table }) => table === each.table);
    if (old === undefined) return each;
    const { table, inserted, replaced, deleted } = each;
    return { table, inserted: old.inserted + inserted, replaced: old.replaced + replaced, deleted: old.deleted + deleted };
  });
}
