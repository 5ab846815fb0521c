import type { CommittedImport, ImportCommit, ImportPlan, ImportRecord, ImportStore, StagedDocument } from '@betterbase/engine';
import type { Standing } from '../sql/standing.ts';
import { TableCounts } from '../sql/table-counts.ts';
import { countRows } from './count-rows.ts';
import type { EmbeddedTable } from './embedded-table.ts';
import { type ImportInto, Imports } from './imports.ts';
import { StagedImports, useOf } from '../home/staged-imports.ts';
import { recordMigration } from './ledger.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { tryOut } from '../disk/try-out.ts';

export interface EmbeddedImportsParts {
  readonly disk: SqlDisk;
  readonly standing: Standing<EmbeddedTable>;
  /** What an import ends, in its transaction. */
  readonly end: () => void;
  /** When that has succeeded. */
  readonly ended: () => void;
}

/** Imports of a database in this process: where the store stands changes with the commit of one. */
export class EmbeddedImports implements ImportStore {
  readonly #parts: EmbeddedImportsParts;
  readonly #staged: StagedImports;
  readonly #imports: Imports;

  constructor(parts: EmbeddedImportsParts) {
    this.#parts = parts;
    this.#staged = new StagedImports({ disk: parts.disk, useOf });
    this.#imports = new Imports(parts.disk, this.#staged);
  }

  async begin(id: string, plan: ImportPlan, deployment: string, now: number): Promise<void> {
    this.#staged.begin(id, plan, deployment, now, this.#into());
  }

  async find(id: string): Promise<ImportRecord | null> {
    const entry = this.#staged.find(id);
    return entry === null ? null : this.#staged.record(entry, this.#into());
  }

  async stage(id: string, table: string, documents: readonly StagedDocument[], lines: number, now: number): Promise<void> {
    this.#staged.stage(id, table, documents, { lines, now, state: this.#into().state });
  }

  async finish(id: string, commit: ImportCommit): Promise<CommittedImport> {
    const { disk, standing, end, ended } = this.#parts;
    if (commit.extent === 'try') {
      const { summary, schema, time } = tryOut(disk, () => this.#imports.commit(id, commit, this.#into()));
      return { summary, schema, time };
    }
    const { state: old, counts: before, tables } = standing.basedOn(commit.basedOn);
    const { imported, state, counts } = disk.transaction(() => {
      end();
      const done = this.#imports.commit(id, commit, this.#into());
      const changed = new Set(done.summary.tables.map(({ table }) => table));
      const counted = TableCounts.count(done.schema, (table) => (changed.has(table) ? countRows(disk, table) : before.of(table)));
      const { schema, nextTable, time, swapped } = done;
      const places = new Map([...old.places, ...[...swapped].map(([name, { place }]) => [name, place] as const)]);
      const next = { ...old, places, version: commit.version, time, schema, nextTable, counts: counted.text(commit.version) };
      recordMigration(disk, old.schema, next);
      return { imported: done, state: next, counts: counted };
    });
    standing.take({ state, counts, tables: new Map([...tables, ...imported.swapped]) });
    ended();
    return { summary: imported.summary, schema: imported.schema, time: imported.time };
  }

  async drop(id: string): Promise<void> {
    this.#staged.drop(id);
  }

  #into(): ImportInto {
    const { state, tables, counts } = this.#parts.standing.now;
    return { state, tables, count: (table) => counts.of(table) };
  }
}
