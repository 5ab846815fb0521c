/**
 * The commit of an import: what is staged is checked against the tables, and put into them or in their place.
 *
 * Always true: nobody sees a staged document before `commit`, and after it everybody sees all.
 */
import {
  badLines,
  type CommittedImport,
  type DocumentWrite,
  type ImportCommit,
  type ImportedTable,
  type ImportProblem,
  mostImportProblems,
  tableNotEmpty,
} from '@betterbase/engine';
import { checkedTable, checkImport } from './check-import.ts';
import { EmbeddedTable } from './embedded-table.ts';
import { missingReferences, takenIds, takenKeys } from '../sql/import-checks.ts';
import { quote } from '../sql/identifier.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { countRows } from './count-rows.ts';
import { type ImportStand, type StagedImports, type StagedPart, sumImported } from '../home/staged-imports.ts';

export interface ImportInto extends ImportStand {
  readonly tables: ReadonlyMap<string, EmbeddedTable>;
}

export interface Imported extends CommittedImport {
  readonly nextTable: number;
  /** Those that another SQL table has become. */
  readonly swapped: ReadonlyMap<string, EmbeddedTable>;
}

interface Part extends StagedPart {
  readonly target: EmbeddedTable;
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
  readonly #staged: StagedImports;

  constructor(disk: SqlDisk, staged: StagedImports) {
    this.#disk = disk;
    this.#staged = staged;
  }

  /** In the caller's transaction. */
  commit(id: string, { time, now, extent }: Omit<ImportCommit, 'basedOn' | 'version'>, into: ImportInto): Imported {
    const entry = this.#staged.entry(id);
    const { schema, nextNumber: nextTable } = this.#staged.numbers(entry.plan, into);
    const parts = this.#staged.parts(entry, into.state).flatMap((part): Part[] => {
      const target = into.tables.get(part.wanted.table);
      return target === undefined ? [] : [{ ...part, target }];
    });
    const problems = parts.flatMap((part) => this.#clashes(part, into));
    if (problems.length > 0) throw badLines(problems.slice(0, mostImportProblems));

    const newest = Math.max(time, ...parts.map(({ staging }) => staging.newestTime()));
    const done = parts.map((part) => (part.staging.use === 'swap' ? this.#swap(part, into) : this.#move(part, into)));
    const missing = this.#missingReferences(parts, into);
    if (missing.length > 0) throw badLines(missing.slice(0, mostImportProblems));

    const tables = sumImported(
      entry.tables,
      done.map(({ imported }) => imported),
    );
    this.#staged.committed(entry, tables, { extent, now }, into.state);
    const swapped = new Map(done.flatMap(({ table }) => (table === null ? [] : [[table.name, table]])));
    const written = { tables: schema.tables.map((table) => (swapped.has(table.name) ? { ...table } : table)) };
    return { summary: { tables }, schema: swapped.size === 0 ? schema : written, nextTable, time: newest, swapped };
  }

  #clashes({ target, staging, wanted }: Part, { count }: ImportInto): ImportProblem[] {
    const { mode } = wanted;
    if (mode === 'replace') return [];
    const there = count(target.name);
    if (there === 0) return [];
    if (mode === 'empty') throw tableNotEmpty(target.name, there);
    staging.makeRoom();
    const table = checkedTable(target);
    const checks = [
      ...(mode === 'append' ? [takenIds(staging.sqlName, table)] : []),
      ...takenKeys(staging.sqlName, table, mode === 'upsert'),
    ];
    return checkImport(this.#disk, checks, (id) => staging.lineOf(id));
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
    const there = (name: string): readonly string[] => [quote(name)];
    const came = parts.flatMap(({ table, target, staging }) => {
      const sqlName = staging.use === 'swap' ? quote(target.name) : staging.sqlName;
      const checks = missingReferences(table, { sqlName, layout: target.layout, dialect: sqlite }, there, null);
      return checkImport(this.#disk, checks, (id) => staging.lineOf(id, sqlName));
    });
    const emptied = parts.filter(({ wanted }) => wanted.mode === 'replace').map(({ wanted }) => wanted.table);
    if (came.length > 0 || emptied.length === 0) return came;
    return state.schema.tables.flatMap((table) => {
      const left = table.active ? tables.get(table.name) : undefined;
      return left === undefined ? [] : checkImport(this.#disk, missingReferences(table, checkedTable(left), there, emptied), () => null);
    });
  }
}

function columnsOf({ codec }: EmbeddedTable): string {
  return `_seq, _id, _updatedTime, ${codec.columns.map(({ name }) => name).join(', ')}`;
}
