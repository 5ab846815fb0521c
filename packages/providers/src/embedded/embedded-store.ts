/**
 * Documents, outcomes and schema in one SQLite database in this process: a Durable Object's, or `node:sqlite`.
 *
 * Holds: version, time, schema and counts as last committed, and each table's SQL. Does not hold: documents.
 * Always true: what is in memory is what is on disk; a commit or migration that fails changes neither.
 */
import { BetterBaseError } from '@betterbase/core';
import {
  type BackfillBatch,
  type BackfillStart,
  type BackfillState,
  type BackfillStore,
  planMigration,
  plannable,
  type TableStep,
} from '@betterbase/engine';
import type {
  AppliedMigration,
  CommitBatch,
  CommittedImport,
  DocumentStore,
  DocumentWrite,
  ImportCommit,
  ImportPlan,
  ImportRecord,
  ImportStore,
  Migration,
  MigrationResult,
  OutcomeStore,
  RangeEnd,
  RangeRead,
  FindableQuery,
  FoundDocument,
  KeptQuery,
  KeptQueryStore,
  RequestKey,
  SearchRead,
  SearchStore,
  SqlPlan,
  SqlResult,
  SqlScalar,
  SqlStatement,
  SqlStore,
  SchemaStore,
  StagedDocument,
  StoredDocument,
  StoredOutcome,
  StoreState,
  NearDocuments,
  SnapshotPage,
  SnapshotRead,
  SnapshotStore,
  VectorRead,
  VectorStore,
} from '@betterbase/engine';
import { readApplied } from './applied-migrations.ts';
import { Backfill } from './backfill.ts';
import { EmbeddedTable } from './embedded-table.ts';
import { Imports, type ImportInto } from './imports.ts';
import { KeptRows } from './kept-rows.ts';
import type { LedgerState } from '../sql/ledger-state.ts';
import { openLedger, recordMigration, recordVersion } from './ledger.ts';
import { type Migrated, migrateSchema } from './migrate-schema.ts';
import { Outcomes } from './outcomes.ts';
import type { SqlDisk } from './sql-disk.ts';
import { SqlStatements } from './sql-statements.ts';
import { Snapshots } from './snapshots.ts';
import { TableCounts } from '../sql/table-counts.ts';
import { countRows } from './count-rows.ts';
import { tryOut } from './try-out.ts';
import { nearestVectors } from './vector-scan.ts';
import { writeRows } from '../sql/write-rows.ts';

export class EmbeddedStore
  implements
    BackfillStore,
    DocumentStore,
    OutcomeStore,
    SchemaStore,
    SearchStore,
    VectorStore,
    SqlStore,
    SnapshotStore,
    ImportStore,
    KeptQueryStore
{
  readonly #disk: SqlDisk;
  readonly #outcomes: Outcomes;
  readonly #kept: KeptRows;
  readonly #statements: SqlStatements;
  readonly #snapshots: Snapshots;
  readonly #imports: Imports;
  readonly #backfill: Backfill;
  #state: LedgerState | null = null;
  #tables: ReadonlyMap<string, EmbeddedTable> = new Map();
  #counts = TableCounts.count({ tables: [] }, () => 0);

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.#outcomes = new Outcomes(disk);
    const isShown = (name: string): boolean =>
      !name.startsWith('_') && this.#opened().schema.tables.some((table) => table.name === name && table.active);
    this.#statements = new SqlStatements({ disk, table: (name) => (isShown(name) ? this.#tables.get(name) : undefined) });
    this.#snapshots = new Snapshots(disk);
    this.#imports = new Imports(disk);
    this.#kept = new KeptRows(disk);
    this.#backfill = new Backfill(disk);
  }

  async open(): Promise<StoreState> {
    const state = openLedger(this.#disk);
    this.#kept.open();
    this.#state = state;
    this.#snapshots.restore();
    this.#tables = new Map(
      state.schema.tables.map((table) => [table.name, new EmbeddedTable(this.#disk, table, state.places.get(table.name))]),
    );
    const { version, time, deployment, schema } = state;
    this.#backfill.restore((start) => new Map(this.#planOf(start).map(({ next }) => [next.name, next])));
    this.#counts = TableCounts.read(state.counts, version, schema, (table) => countRows(this.#disk, table));
    return { version, time, deployment, schema };
  }

  async get(table: string, id: string): Promise<StoredDocument | null> {
    return this.#table(table).get(id);
  }

  async read(range: RangeRead): Promise<readonly StoredDocument[]> {
    return this.#table(range.table).read(range);
  }

  async count(range: Omit<RangeRead, 'order' | 'limit'>): Promise<number> {
    const table = this.#table(range.table);
    return isWhole(range.lower) && isWhole(range.upper) ? this.#counts.of(range.table) : table.count(range);
  }

  async search(read: SearchRead, pending: readonly DocumentWrite[]): Promise<readonly FoundDocument[]> {
    return this.#table(read.table).sides.search(read.index).find(read, pending);
  }

  async nearest(read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments> {
    const table = this.#table(read.table);
    return table.sides.approximate(read)?.nearest(read, pending) ?? nearestVectors(this.#disk, table, read, pending);
  }

  async execute(statement: SqlStatement): Promise<SqlResult> {
    return this.#statements.run(statement);
  }

  async explain(sql: string, params: readonly SqlScalar[]): Promise<SqlPlan> {
    return this.#statements.explain(sql, params);
  }

  async commit(batch: CommitBatch): Promise<number> {
    const state = this.#standing(batch.basedOn);
    const counts = this.#counts.after(batch.writes);
    const [rows, followed] = this.#disk.transaction(() => [this.#apply(batch, counts), this.#backfill.follow(batch.writes, batch.version)]);
    followed?.();
    this.#counts = counts;
    this.#state = { ...state, version: batch.version, time: batch.time };
    this.#snapshots.expire(batch.now);
    return rows;
  }

  async find(request: RequestKey): Promise<StoredOutcome | null> {
    return this.#outcomes.find(request);
  }

  async since(version: number): Promise<readonly StoredOutcome[]> {
    return this.#outcomes.since(version);
  }

  async forget(session: string, upTo: number): Promise<void> {
    this.#outcomes.forget(session, upTo, this.#opened().version);
  }

  async sweep(version: number, time: number): Promise<void> {
    this.#outcomes.sweep(version, time, this.#opened().version);
  }

  async hasKept(): Promise<boolean> {
    return this.#kept.has();
  }

  async keep(queries: readonly FindableQuery[], dropped: readonly number[]): Promise<void> {
    this.#kept.keep(queries, dropped);
  }

  async keptAt(points: readonly number[]): Promise<readonly number[]> {
    return this.#kept.at(points);
  }

  async readKept(numbers: readonly number[]): Promise<readonly KeptQuery[]> {
    return this.#kept.read(numbers);
  }

  async keptAfter(after: number, most: number): Promise<readonly KeptQuery[]> {
    return this.#kept.after(after, most);
  }

  async staleKept(): Promise<readonly KeptQuery[]> {
    return this.#kept.stale();
  }

  async keptAmong(numbers: readonly number[]): Promise<readonly number[]> {
    return this.#kept.among(numbers);
  }

  async retain(numbers: readonly number[]): Promise<void> {
    this.#kept.retain(numbers);
  }

  async migrate(migration: Migration): Promise<MigrationResult> {
    const state = this.#standing(migration.basedOn);
    const migrated = this.#disk.transaction((): Migrated => {
      this.#snapshots.closeAll();
      this.#kept.clear();
      return migrateSchema(this.#disk, state, { tables: this.#tables, counts: this.#counts }, migration, this.#backfill);
    });
    this.#snapshots.restore();
    this.#backfill.forget();
    this.#state = migrated.state;
    this.#tables = migrated.tables;
    this.#statements.forget();
    this.#counts = migrated.counts;
    return { schema: migrated.state.schema, changes: migrated.changes };
  }

  async openSnapshot(name: string, now: number): Promise<ReadonlyMap<string, number>> {
    const { schema, time } = this.#opened();
    this.#snapshots.open(name, Math.ceil(time * 4096), now);
    return new Map(schema.tables.filter(({ active }) => active).map((table) => [table.name, this.#counts.of(table.name)]));
  }

  async readSnapshot(read: SnapshotRead, now: number): Promise<SnapshotPage | null> {
    return this.#snapshots.read(read, this.#table(read.table), this.#numberOf(read.table), now);
  }

  async closeSnapshot(name: string): Promise<void> {
    this.#snapshots.close(name);
  }

  async beginImport(id: string, plan: ImportPlan, deployment: string, now: number): Promise<void> {
    this.#imports.begin(id, plan, deployment, now, this.#into());
  }

  async findImport(id: string): Promise<ImportRecord | null> {
    const entry = this.#imports.find(id);
    if (entry === null) return null;
    const { plan, deployment, lines, tables, isFinished } = entry;
    const schema = isFinished ? this.#opened().schema : this.#imports.numbers(plan, this.#into()).schema;
    return { plan, deployment, schema, lines: new Map(Object.entries(lines)), finished: isFinished ? { tables } : null };
  }

  async stage(id: string, table: string, documents: readonly StagedDocument[], lines: number, now: number): Promise<void> {
    this.#imports.stage(id, table, documents, lines, now, this.#into());
  }

  async finishImport(id: string, commit: ImportCommit): Promise<CommittedImport> {
    if (commit.extent === 'try') {
      const { summary, schema, time } = tryOut(this.#disk, () => this.#imports.commit(id, commit, this.#into()));
      return { summary, schema, time };
    }
    const old = this.#standing(commit.basedOn);
    const { imported, state, counts } = this.#disk.transaction(() => {
      this.#snapshots.closeAll();
      this.#kept.markAll();
      // Imported documents may be older than those that have been changed.
      this.#backfill.end();
      const done = this.#imports.commit(id, commit, this.#into());
      const changed = new Set(done.summary.tables.map(({ table }) => table));
      const counted = TableCounts.count(done.schema, (table) =>
        changed.has(table) ? countRows(this.#disk, table) : this.#counts.of(table),
      );
      const { schema, nextTable, time, swapped } = done;
      const places = new Map([...old.places, ...[...swapped].map(([name, { place }]) => [name, place] as const)]);
      const next = { ...old, places, version: commit.version, time, schema, nextTable, counts: counted.text(commit.version) };
      recordMigration(this.#disk, old.schema, next);
      return { imported: done, state: next, counts: counted };
    });
    this.#snapshots.restore();
    this.#backfill.forget();
    this.#state = state;
    this.#counts = counts;
    this.#tables = new Map([...this.#tables, ...imported.swapped]);
    this.#statements.forget();
    return { summary: imported.summary, schema: imported.schema, time: imported.time };
  }

  async dropImport(id: string): Promise<void> {
    this.#imports.drop(id);
  }

  #into(): ImportInto {
    return { state: this.#opened(), tables: this.#tables, count: (table) => this.#counts.of(table) };
  }

  async beginBackfill(start: BackfillStart): Promise<void> {
    if (this.#backfill.state(() => 0)?.deployment === start.deployment) return;
    const wanted = new Set(start.tables);
    const parts = this.#planOf(start).flatMap(({ old, next }) => (old !== null && wanted.has(next.name) ? [{ from: old.name, next }] : []));
    this.#backfill.begin(start, parts, this.#opened().version + 1);
  }

  async backfill(): Promise<BackfillState | null> {
    return this.#backfill.state((table) => this.#counts.of(table));
  }

  async takeForBackfill(most: number): Promise<BackfillBatch | null> {
    return this.#backfill.takeBatch(most, this.#opened().version, (name) => this.#tables.get(name));
  }

  async layAside(batch: BackfillBatch): Promise<void> {
    this.#backfill.layAside(batch, (name) => this.#tables.get(name));
  }

  async dropBackfill(): Promise<void> {
    this.#disk.transaction(() => this.#backfill.end());
    this.#backfill.forget();
  }

  /** What changes on the way to a back-fill's target. */
  #planOf({ target }: BackfillStart): readonly TableStep[] {
    const { schema, nextTable } = this.#opened();
    return planMigration(schema, nextTable, plannable(target), (table) => this.#counts.of(table) > 0).changed;
  }

  async appliedMigrations(): Promise<readonly AppliedMigration[]> {
    return readApplied(this.#disk);
  }

  async holding(table: string, field?: string): Promise<number> {
    return field === undefined ? this.#counts.of(table) : this.#table(table).countHaving(field);
  }

  /** Deletes come first and new keys last, so that a key may go from one document to another within a batch. */
  #apply(batch: CommitBatch, counts: TableCounts): number {
    let rows = this.#snapshots.keep(batch, this.#opened().schema);
    rows += writeRows(batch.writes, (name) => this.#table(name), batch.now);
    const beside = new Map<EmbeddedTable, DocumentWrite[]>();
    for (const write of batch.writes) {
      const table = this.#table(write.table);
      if (table.sides.isEmpty) continue;
      const writes = beside.get(table);
      if (writes === undefined) beside.set(table, [write]);
      else writes.push(write);
    }
    for (const [table, writes] of beside) rows += table.sides.apply(writes);
    const { outcome, stale } = batch;
    if (stale !== undefined) rows += this.#kept.mark(stale);
    const said = counts.text(batch.version);
    return (
      rows + (outcome === null ? recordVersion(this.#disk, batch.version, batch.time, said) : this.#outcomes.record(batch, outcome, said))
    );
  }

  #table(name: DocumentWrite['table']): EmbeddedTable {
    const table = this.#tables.get(name);
    if (table !== undefined) return table;
    throw new BetterBaseError('table/not-found', `There is no table \`${name}\`.`, { hint: 'Define it in betterbase/schema.ts.' });
  }

  #numberOf(name: string): number {
    return this.#opened().schema.tables.find((table) => table.name === name)?.number ?? 0;
  }

  #opened(): LedgerState {
    if (this.#state === null) throw new Error('The store is used before open().');
    return this.#state;
  }

  #standing(basedOn: number): LedgerState {
    const state = this.#opened();
    if (state.version === basedOn) return state;
    throw new BetterBaseError('commit/conflict', `This was decided on version ${basedOn}, and the newest is ${state.version}.`, {
      details: { basedOn, newest: state.version },
    });
  }
}

function isWhole({ prefix, inclusive }: RangeEnd): boolean {
  return prefix.length === 0 && inclusive;
}
