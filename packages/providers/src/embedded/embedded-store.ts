/**
 * Documents, outcomes and schema in one SQLite database in this process: a Durable Object's, or `node:sqlite`.
 *
 * Holds: version, time, schema and counts as last committed, and each table's SQL. Does not hold: documents.
 * Always true: what is in memory is what is on disk; a commit or migration that fails changes neither.
 */
import { BetterBaseError } from '@betterbase/core';
import type {
  CommitBatch,
  DocumentStore,
  DocumentWrite,
  Migration,
  MigrationResult,
  OutcomeStore,
  RangeEnd,
  RangeRead,
  FoundDocument,
  RequestKey,
  SearchRead,
  SearchStore,
  SqlRead,
  SqlScalar,
  SqlStore,
  SchemaStore,
  StoredDocument,
  StoredOutcome,
  StoreState,
  NearDocuments,
  VectorRead,
  VectorStore,
} from '@betterbase/engine';
import { EmbeddedTable } from './embedded-table.ts';
import { type LedgerState, openLedger, recordVersion } from './ledger.ts';
import { type Migrated, migrateSchema } from './migrate-schema.ts';
import { Outcomes } from './outcomes.ts';
import type { SqlDisk } from './sql-disk.ts';
import { selectRows } from './sql-reads.ts';
import { countRows, TableCounts } from './table-counts.ts';
import { nearestVectors } from './vector-scan.ts';

export class EmbeddedStore implements DocumentStore, OutcomeStore, SchemaStore, SearchStore, VectorStore, SqlStore {
  readonly #disk: SqlDisk;
  readonly #outcomes: Outcomes;
  #state: LedgerState | null = null;
  #tables: ReadonlyMap<string, EmbeddedTable> = new Map();
  #counts = TableCounts.count({ tables: [] }, () => 0);

  constructor(disk: SqlDisk) {
    this.#disk = disk;
    this.#outcomes = new Outcomes(disk);
  }

  async open(): Promise<StoreState> {
    const state = openLedger(this.#disk);
    this.#state = state;
    this.#tables = new Map(state.schema.tables.map((table) => [table.name, new EmbeddedTable(this.#disk, table)]));
    const { version, time, deployment, schema } = state;
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
    return nearestVectors(this.#disk, this.#table(read.table), read, pending);
  }

  async select(sql: string, params: readonly SqlScalar[]): Promise<SqlRead> {
    return selectRows(this.#disk, sql, params, (name) => this.#opened().schema.tables.some((table) => table.name === name && table.active));
  }

  async commit(batch: CommitBatch): Promise<number> {
    const state = this.#standing(batch.basedOn);
    const counts = this.#counts.after(batch.writes);
    const rows = this.#disk.transaction(() => this.#apply(batch, counts));
    this.#counts = counts;
    this.#state = { ...state, version: batch.version, time: batch.time };
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

  async migrate(migration: Migration): Promise<MigrationResult> {
    const state = this.#standing(migration.basedOn);
    const migrated = this.#disk.transaction(
      (): Migrated => migrateSchema(this.#disk, state, { tables: this.#tables, counts: this.#counts }, migration),
    );
    this.#state = migrated.state;
    this.#tables = migrated.tables;
    this.#counts = migrated.counts;
    return { schema: migrated.state.schema, changes: migrated.changes };
  }

  /** Deletes come first and new keys last, so that a key may go from one document to another within a batch. */
  #apply(batch: CommitBatch, counts: TableCounts): number {
    let rows = 0;
    const inserts: [EmbeddedTable, StoredDocument][] = [];
    const beside = new Map<EmbeddedTable, DocumentWrite[]>();
    const updates: [EmbeddedTable, StoredDocument, StoredDocument][] = [];
    for (const write of batch.writes) {
      const table = this.#table(write.table);
      const { before, after } = write;
      if (!table.sides.isEmpty) {
        const writes = beside.get(table);
        if (writes === undefined) beside.set(table, [write]);
        else writes.push(write);
      }
      if (after !== null && before !== null && !(batch.writes.length > 1 && table.movesUniquely(before, after)))
        updates.push([table, before, after]);
      else {
        if (before !== null) rows += table.delete(before);
        if (after !== null) inserts.push([table, after]);
      }
    }
    for (const [table, before, after] of updates) rows += table.update(before, after, batch.now);
    for (const [table, after] of inserts) rows += table.insert(after, batch.now);
    for (const [table, writes] of beside) rows += table.sides.apply(writes);
    const { outcome } = batch;
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
