/**
 * Documents, outcomes and schema in one SQLite database in this process: a Durable Object's, or `node:sqlite`.
 *
 * Holds: version, time, schema and counts as last committed, and each table's SQL. Does not hold: documents.
 * Always true: what is in memory is what is on disk; a commit or migration that fails changes neither.
 */
import type {
  AppliedMigration,
  CommitBatch,
  DocumentWrite,
  FoundDocument,
  Migration,
  ImportStore,
  MigrationResult,
  NearDocuments,
  ProjectStore,
  RangeEnd,
  RangeRead,
  RequestKey,
  RowCondition,
  SearchRead,
  SqlStore,
  StoredDocument,
  StoredOutcome,
  StoreState,
  VectorRead,
} from '@betterbase/engine';
import { type AskedRows, askRows } from '../sql/conditions/asked-rows.ts';
import type { ConditionTable } from '../sql/conditions/compile-condition.ts';
import type { embeddedStatements } from './embedded-statements.ts';
import { laterImports, laterSql } from '../sql/later-parts.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import { Standing } from '../sql/standing.ts';
import { TableCounts } from '../sql/table-counts.ts';
import { writeRows } from '../sql/write-rows.ts';
import { readApplied } from './applied-migrations.ts';
import { Backfill } from './backfill.ts';
import { countRows } from './count-rows.ts';
import { EmbeddedBackfills } from './embedded-backfills.ts';
import { EmbeddedTable } from './embedded-table.ts';
import { KeptRows } from '../home/kept-rows.ts';
import { openLedger, recordVersion } from './ledger.ts';
import { type Migrated, migrateSchema } from './migrate-schema.ts';
import { Outcomes } from './outcomes.ts';
import { Snapshots } from '../home/snapshots.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { nearestVectors } from './vector-scan.ts';

type StatementsModule = { readonly embeddedStatements: typeof embeddedStatements };

export class EmbeddedStore implements ProjectStore {
  readonly sql: SqlStore;
  readonly kept: KeptRows;
  readonly snapshots: Snapshots;
  readonly imports: ImportStore;
  readonly backfills: EmbeddedBackfills;
  readonly #disk: SqlDisk;
  readonly #outcomes: Outcomes;
  readonly #backfill: Backfill;
  readonly #standing = new Standing<EmbeddedTable>();
  #shape = 0;

  /** @param loadSql what runs SQL: many projects never ask for it */
  constructor(disk: SqlDisk, loadSql: () => Promise<StatementsModule> = () => import('./embedded-statements.ts')) {
    const standing = this.#standing;
    this.#disk = disk;
    this.#outcomes = new Outcomes(disk);
    this.#backfill = new Backfill(disk);
    this.sql = laterSql(async () => (await loadSql()).embeddedStatements({ disk, standing, shape: () => this.#shape }));
    this.kept = new KeptRows(disk);
    this.snapshots = new Snapshots({ disk, standing, page: async (name, bounds) => standing.table(name).page(bounds) });
    this.backfills = new EmbeddedBackfills(disk, standing, this.#backfill);
    this.imports = laterImports(async () => {
      const { EmbeddedImports } = await import('./embedded-imports.ts');
      return new EmbeddedImports({
        disk,
        standing,
        end: () => {
          this.snapshots.closeAll();
          this.kept.markAll();
          // Imported documents may be older than those that have been changed.
          this.#backfill.end();
        },
        ended: () => this.#reshaped(),
      });
    });
  }

  async open(): Promise<StoreState> {
    const state = openLedger(this.#disk);
    this.kept.open();
    this.snapshots.restore();
    const tables = new Map(
      state.schema.tables.map((table) => [table.name, new EmbeddedTable(this.#disk, table, state.places.get(table.name))]),
    );
    const { version, time, deployment, schema } = state;
    const counts = TableCounts.read(state.counts, version, schema, (table) => countRows(this.#disk, table));
    this.#standing.take({ state, tables, counts });
    this.backfills.restore();
    return { version, time, deployment, schema };
  }

  async get(table: string, id: string): Promise<StoredDocument | null> {
    return this.#standing.table(table).get(id);
  }

  async read(range: RangeRead): Promise<readonly StoredDocument[]> {
    return this.#standing.table(range.table).read(range, range.where === undefined ? null : this.#ask(range, range.where));
  }

  async count(range: Omit<RangeRead, 'order' | 'limit'>): Promise<number> {
    const table = this.#standing.table(range.table);
    if (range.where !== undefined) return table.count(range, this.#ask(range, range.where));
    return isWhole(range.lower) && isWhole(range.upper) ? this.#standing.now.counts.of(range.table) : table.count(range);
  }

  async search(read: SearchRead, pending: readonly DocumentWrite[]): Promise<readonly FoundDocument[]> {
    return this.#standing.table(read.table).sides.search(read.index).find(read, pending);
  }

  async nearest(read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments> {
    const table = this.#standing.table(read.table);
    return table.sides.approximate(read)?.nearest(read, pending) ?? nearestVectors(this.#disk, table, read, pending);
  }

  async commit(batch: CommitBatch): Promise<number> {
    const { state, tables, counts: before } = this.#standing.basedOn(batch.basedOn);
    const counts = before.after(batch.writes);
    const [rows, followed] = this.#disk.transaction(() => [this.#apply(batch, counts), this.#backfill.follow(batch.writes, batch.version)]);
    followed?.();
    this.#standing.take({ state: { ...state, version: batch.version, time: batch.time }, tables, counts });
    this.snapshots.expire(batch.now);
    return rows;
  }

  async find(request: RequestKey): Promise<StoredOutcome | null> {
    return this.#outcomes.find(request);
  }

  async since(version: number): Promise<readonly StoredOutcome[]> {
    return this.#outcomes.since(version);
  }

  async forget(session: string, upTo: number): Promise<void> {
    this.#outcomes.forget(session, upTo, this.#standing.now.state.version);
  }

  async sweep(version: number, time: number): Promise<void> {
    this.#outcomes.sweep(version, time, this.#standing.now.state.version);
  }

  async migrate(migration: Migration): Promise<MigrationResult> {
    const before = this.#standing.basedOn(migration.basedOn);
    const { changes, ...migrated } = this.#disk.transaction((): Migrated => {
      this.snapshots.closeAll();
      this.kept.clear();
      return migrateSchema(this.#disk, before, migration, this.#backfill);
    });
    this.#standing.take(migrated);
    this.#reshaped();
    return { schema: migrated.state.schema, changes };
  }

  async appliedMigrations(): Promise<readonly AppliedMigration[]> {
    return readApplied(this.#disk);
  }

  async holding(table: string, field?: string): Promise<number> {
    return field === undefined ? this.#standing.now.counts.of(table) : this.#standing.table(table).countHaving(field);
  }

  #ask(range: Omit<RangeRead, 'order' | 'limit'>, where: RowCondition): AskedRows {
    const tables = (name: string): ConditionTable => this.#standing.table(name).asked;
    return askRows(range, where, { dialect: sqlite, tables, counts: this.#standing.now.counts });
  }

  /** The tables are others, and what went with the old ones has gone. */
  #reshaped(): void {
    this.snapshots.restore();
    this.#backfill.forget();
    this.#shape++;
  }

  /** Deletes come first and new keys last, so that a key may go from one document to another within a batch. */
  #apply(batch: CommitBatch, counts: TableCounts): number {
    let rows = this.snapshots.keep(batch);
    rows += writeRows(batch.writes, (name) => this.#standing.table(name), batch.now);
    const beside = new Map<EmbeddedTable, DocumentWrite[]>();
    for (const write of batch.writes) {
      const table = this.#standing.table(write.table);
      if (table.sides.isEmpty) continue;
      const writes = beside.get(table);
      if (writes === undefined) beside.set(table, [write]);
      else writes.push(write);
    }
    for (const [table, writes] of beside) rows += table.sides.apply(writes);
    const { outcome, stale } = batch;
    if (stale !== undefined) rows += this.kept.mark(stale);
    const said = counts.text(batch.version);
    return (
      rows + (outcome === null ? recordVersion(this.#disk, batch.version, batch.time, said) : this.#outcomes.record(batch, outcome, said))
    );
  }
}

function isWhole({ prefix, inclusive }: RangeEnd): boolean {
  return prefix.length === 0 && inclusive;
}
