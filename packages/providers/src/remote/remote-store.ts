/**
 * Documents, outcomes and schema in a database elsewhere, that answers by round trips and that others may reach.
 *
 * Holds: version, time, schema and counts as last committed, and each table's SQL. Does not hold: documents.
 * Always true: everything it gives is as of one version; a commit is one batch, and happens only if the version is still that
 * one. When it is not, or when nobody knows what became of a commit, the store is `lost` until it is opened again.
 */
import type {
  AppliedMigration,
  BackfillStore,
  CaughtUp,
  CommitBatch,
  DocumentWrite,
  FoundDocument,
  ImportStore,
  JointCommits,
  Migration,
  MigrationResult,
  NearDocuments,
  OutsideListener,
  ProjectStore,
  RangeEnd,
  RangeRead,
  RequestKey,
  RowCondition,
  SearchRead,
  SharedStore,
  SqlStore,
  StoredDocument,
  StoredOutcome,
  StoreState,
  VectorRead,
} from '@betterbase/engine';
import type { BetterBaseError } from '@betterbase/core';
import type { KeptRows } from '../home/kept-rows.ts';
import type { DocumentPage, Snapshots } from '../home/snapshots.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';
import { type AskedRows, askRows } from '../sql/conditions/asked-rows.ts';
import type { ConditionTable } from '../sql/conditions/compile-condition.ts';
import type { LedgerState } from '../sql/ledger-state.ts';
import { type PageBounds, pageOf, pageTexts } from '../sql/page-text.ts';
import { plainTexts } from '../sql/plain-texts.ts';
import type { SqlText } from '../sql/sql-value.ts';
import { type Stand, Standing } from '../sql/standing.ts';
import { TableCounts } from '../sql/table-counts.ts';
import { placeNamed } from '../sql/table-place.ts';
import { dialects, type RemoteDialect } from './dialects.ts';
import { findClash } from './find-clash.ts';
import { AtHome } from './at-home.ts';
import type { RemoteBackfills } from './backfill/remote-backfills.ts';
import { laterBackfills, laterImports, laterSql, once } from '../sql/later-parts.ts';
import { type Drift, driftError, findDrift } from './outside/find-drift.ts';
import { catchUp } from './outside/outside-writes.ts';
import { RemoteCommits } from './remote-commits.ts';
import { openRemoteLedger } from './remote-ledger.ts';
import { RemoteLink, versionGuard } from './remote-link.ts';
import { remoteNearest } from './remote-nearest.ts';
import { duplicateRequest, RemoteOutcomes } from './remote-outcomes.ts';
import { type RemoteSql, RemoteSqlError } from './remote-sql.ts';
import { RemoteTable } from './remote-table.ts';
import { SeenRows } from './seen-rows.ts';

export interface RemoteStoreParts {
  readonly sql: RemoteSql;
  /** For people, such as `Turso`. */
  readonly provider: string;
  /** A database of our own, for what need not be elsewhere. */
  readonly disk: SqlDisk;
}

export class RemoteStore implements ProjectStore, SharedStore {
  readonly kept: KeptRows;
  readonly snapshots: Snapshots;
  readonly joint: JointCommits = { commitAll: (batches, engine) => this.#commits.commitAll(batches, engine) };
  readonly sql?: SqlStore;
  readonly imports: ImportStore;
  readonly backfills: BackfillStore;
  readonly #link: RemoteLink;
  readonly #provider: string;
  readonly #dialect: RemoteDialect;
  readonly #home: AtHome;
  readonly #backfills: () => Promise<RemoteBackfills>;
  readonly #outcomes: RemoteOutcomes;
  readonly #standing = new Standing<RemoteTable>();
  readonly #seen = new SeenRows();
  readonly #commits: RemoteCommits;
  /** What others have written since is among the counts already. */
  #mustCount = false;

  constructor({ sql, provider, disk }: RemoteStoreParts) {
    this.#link = new RemoteLink(sql, provider);
    this.#provider = provider;
    this.#dialect = dialects[sql.dialect];
    this.#home = new AtHome({ disk, standing: this.#standing, page: (table, bounds) => this.#page(table, bounds) });
    const parts = { link: this.#link, dialect: this.#dialect, standing: this.#standing };
    if (sql.dialect === 'sqlite')
      this.sql = laterSql(async () => (await import('./statements/remote-statements.ts')).remoteStatements({ ...parts, disk }));
    this.imports = laterImports(async () => {
      const { RemoteImports } = await import('./imports/remote-imports.ts');
      return new RemoteImports({ ...parts, disk, committed: (next) => this.#imported(next) });
    });
    this.#backfills = once(async () => {
      const { RemoteBackfills } = await import('./backfill/remote-backfills.ts');
      return new RemoteBackfills({ ...parts, home: this.#home.backfill, onBegin: () => this.#home.needed() });
    });
    this.backfills = laterBackfills(this.#backfills);
    this.kept = this.#home.kept;
    this.snapshots = this.#home.snapshots;
    this.#commits = new RemoteCommits({ ...parts, seen: this.#seen, home: this.#home });
    this.#outcomes = new RemoteOutcomes(this.#link, this.#dialect);
  }

  get lost(): BetterBaseError | null {
    return this.#link.lost;
  }

  get isBehind(): boolean {
    return this.#link.isBehind;
  }

  async open(): Promise<StoreState> {
    const dialect = this.#dialect;
    const { state: newest, hasOutside, firstOutside, sideTables, catalogue } = await openRemoteLedger(this.#link, dialect);
    const hasVectors = (side: string): boolean => sideTables.has(side);
    this.#link.stand(newest.version);
    const tables = new Map(
      newest.schema.tables.map((table) => [
        table.name,
        new RemoteTable(table, { dialect, hasVectors, place: newest.places.get(table.name) ?? placeNamed(table.name) }),
      ]),
    );
    await this.#assertWhole(findDrift(dialect, tablesOf(newest.schema, tables), catalogue));
    const state = firstOutside === null ? newest : { ...newest, version: firstOutside - 1 };
    this.#mustCount = hasOutside && state.counts?.split(' ', 1)[0] !== String(state.version);
    const counts = await this.#readCounts(this.#mustCount ? newest : state);
    if (hasOutside) this.#link.fallBehind(state.version, newest.version);
    this.#standing.take({ state, tables, counts });
    this.#home.open(state.version);
    const { version, time, deployment, schema } = state;
    return { version, time, deployment, schema };
  }

  runBegins(): void {
    this.#seen.clear();
  }

  async look(): Promise<void> {
    await this.#link.read([]);
  }

  async catchUp(listener: OutsideListener): Promise<CaughtUp> {
    const { stand, caughtUp } = await catchUp({
      link: this.#link,
      dialect: this.#dialect,
      standing: this.#standing.now,
      listener,
      keepsCounts: !this.#mustCount,
      taken: (batch) => this.#home.committed(batch),
    });
    this.#standing.take(this.#mustCount ? { ...stand, counts: await this.#readCounts(stand.state) } : stand);
    this.#mustCount = false;
    this.#seen.clear();
    return caughtUp;
  }

  async get(name: string, id: string): Promise<StoredDocument | null> {
    const { sql } = this.#standing.table(name);
    const seen = this.lost === null ? this.#seen.find(name, id) : undefined;
    if (seen !== undefined) return sql.codec.decode(seen);
    const [rows = []] = await this.#link.read([{ sql: sql.getText, params: [id] }]);
    this.#seen.note(name, rows);
    const [row] = rows;
    return row === undefined ? null : sql.codec.decode(row);
  }

  async read(range: RangeRead): Promise<readonly StoredDocument[]> {
    const { sql } = this.#standing.table(range.table);
    const limit = range.limit > Number.MAX_SAFE_INTEGER ? this.#dialect.limit.none : range.limit;
    const asked = range.where === undefined ? null : this.#ask(range, range.where);
    const texts = sql.rangeTexts(range, range.order, asked).map((text): SqlText => {
      return { sql: text.sql, params: [...text.params, limit] };
    });
    if (texts.length === 0 || range.limit <= 0) return [];
    const rows = (await this.#link.read(texts)).flat().slice(0, range.limit);
    if (rows.length < range.limit) await this.#assertPassed(range, asked);
    this.#seen.note(range.table, rows);
    return rows.map((row) => sql.codec.decode(row));
  }

  async count(range: Omit<RangeRead, 'order' | 'limit'>): Promise<number> {
    const { sql } = this.#standing.table(range.table);
    if (isWhole(range.lower) && isWhole(range.upper) && range.where === undefined) return this.#standing.now.counts.of(range.table);
    const asked = range.where === undefined ? null : this.#ask(range, range.where);
    await this.#assertPassed({ ...range, order: 'asc' }, asked);
    const texts = sql.rangeTexts({ ...range, order: 'asc' }, 'count', asked);
    if (texts.length === 0) return 0;
    const counts = await this.#link.read(texts);
    return counts.reduce((sum, rows) => sum + Number(rows[0]?.[0]), 0);
  }

  /**
   * What is pending is written to the index, searched, and taken back in the same batch: FTS5 has no other way to rank it
   * among the others.
   */
  async search(read: SearchRead, pending: readonly DocumentWrite[]): Promise<readonly FoundDocument[]> {
    const search = this.#standing.table(read.table).search(read.index);
    const find = search.find(read);
    const applied = search.apply(pending);
    if (applied.length === 0) {
      const [rows = []] = await this.#link.read([find]);
      return search.found(rows, read, pending);
    }
    const takenBack = search.apply(pending.toReversed().map((write) => ({ ...write, before: write.after, after: write.before })));
    const results = await this.#link.write([versionGuard(this.#standing.now.state.version), ...applied, find, ...takenBack]);
    return search.found(results[applied.length + 1]?.rows ?? [], read, pending);
  }

  async nearest(read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments> {
    return await remoteNearest(this.#link, this.#standing.table(read.table), read, pending);
  }

  async commit(batch: CommitBatch): Promise<number> {
    try {
      const [rows = 0] = await this.#commits.commitAll([batch]);
      return rows;
    } catch (failure) {
      throw await this.#nameRefusal(failure, batch);
    }
  }

  async find(request: RequestKey): Promise<StoredOutcome | null> {
    return await this.#outcomes.find(request);
  }

  async since(version: number): Promise<readonly StoredOutcome[]> {
    return await this.#outcomes.since(version);
  }

  async forget(session: string, upTo: number): Promise<void> {
    await this.#outcomes.forget(session, upTo);
  }

  async sweep(version: number, time: number): Promise<void> {
    await this.#outcomes.sweep(version, time);
  }

  async migrate(migration: Migration): Promise<MigrationResult> {
    const database = { link: this.#link, dialect: this.#dialect };
    const before = this.#standing.basedOn(migration.basedOn);
    const { migrateRemote } = await import('./remote-migration.ts');
    const prepared = this.#home.backfill.entry === null ? new Map() : (await this.#backfills()).prepared(migration);
    const { changes, ...migrated } = await this.#ending(() => migrateRemote(database, before, migration, prepared));
    this.#standing.take(migrated);
    this.#seen.clear();
    this.#link.stand(migrated.state.version);
    this.#home.cleared(migrated.state.version);
    return { schema: migrated.state.schema, changes };
  }

  #imported(next: Stand<RemoteTable>): void {
    this.#standing.take(next);
    this.#seen.clear();
    this.#link.stand(next.state.version);
    this.#home.doubted(next.state.version);
  }

  /** A migration that is refused may have gone on with a back-fill that does not know of it. */
  async #ending<T>(migrate: () => Promise<T>): Promise<T> {
    try {
      return await migrate();
    } catch (refused) {
      this.#home.backfill.end();
      throw refused;
    }
  }

  async appliedMigrations(): Promise<readonly AppliedMigration[]> {
    const text: SqlText = { sql: 'SELECT name, table_name, deployment, at, documents FROM _bb_migrations ORDER BY number', params: [] };
    const [found] = await this.#link.look([text], 'read');
    const rows = found?.rows ?? [];
    return rows.map(([name, table, deployment, at, documents]) => ({
      name: String(name),
      table: String(table),
      deployment: String(deployment),
      at: Number(at),
      documents: Number(documents),
    }));
  }

  async holding(name: string, field?: string): Promise<number> {
    if (field === undefined) return this.#standing.now.counts.of(name);
    const [rows = []] = await this.#link.read([this.#standing.table(name).sql.countHaving(field)]);
    return Number(rows[0]?.[0]);
  }

  #ask(range: Omit<RangeRead, 'order' | 'limit'>, where: RowCondition): AskedRows {
    const tables = (name: string): ConditionTable => this.#standing.table(name).sql;
    return askRows(range, where, { dialect: this.#dialect, tables, counts: this.#standing.now.counts });
  }

  /** @throws BetterBaseError `query/reads-too-much` when the range has more rows */
  async #assertPassed(range: Omit<RangeRead, 'limit'>, asked: AskedRows | null): Promise<void> {
    if (asked === null || asked.passes === null) return;
    const { passes, tooMany } = asked;
    const lengths = await this.#link.read(this.#standing.table(range.table).sql.lengthTexts(range, passes + 1));
    if (lengths.reduce((sum, rows) => sum + Number(rows[0]?.[0]), 0) > passes) throw tooMany(range.table);
  }

  async #page(name: string, bounds: PageBounds): Promise<DocumentPage> {
    const { sql } = this.#standing.table(name);
    const { rows, isLast } = pageOf(await this.#link.read(pageTexts(sql, bounds)));
    return { documents: rows.map((row) => sql.codec.decode(row)), isLast };
  }

  /** What notes others' writes is put back; nothing else can be without knowing more. @throws BetterBaseError `provider/drifted` */
  async #assertWhole(drifts: readonly Drift[]): Promise<void> {
    if (drifts.some(({ what }) => what !== 'trigger')) throw driftError(this.#provider, drifts);
    if (drifts.length === 0) return;
    const statements = plainTexts(drifts.flatMap(({ mend }) => mend));
    await this.#link.look(statements, 'write').catch((failure: unknown) => {
      throw this.#link.named(failure);
    });
  }

  async #readCounts(state: LedgerState): Promise<TableCounts> {
    const { counts, version, schema } = state;
    if (counts?.split(' ', 1)[0] === String(version) || schema.tables.length === 0)
      return TableCounts.read(counts, version, schema, () => 0);
    const found = await this.#link.read(
      schema.tables.map(({ name }) => ({ sql: `SELECT COUNT(*) FROM ${this.#dialect.quote(name)}`, params: [] })),
    );
    const byName = new Map(schema.tables.map(({ name }, at) => [name, Number(found[at]?.[0]?.[0])]));
    return TableCounts.count(schema, (name) => byName.get(name) ?? 0);
  }

  /** Which of the database's own constraints a commit broke, in our words. */
  async #nameRefusal(failure: unknown, batch: CommitBatch): Promise<unknown> {
    if (!(failure instanceof RemoteSqlError)) return failure;
    const duplicate = duplicateRequest(failure, batch);
    if (duplicate !== null) return duplicate;
    const isUnique = failure.failure.kind === 'constraint' && failure.failure.which === 'unique';
    const clash = isUnique ? await findClash(this.#link, batch.writes, (name) => this.#standing.table(name).sql, failure) : null;
    return clash ?? this.#link.named(failure);
  }
}

function isWhole({ prefix, inclusive }: RangeEnd): boolean {
  return prefix.length === 0 && inclusive;
}

function* tablesOf(
  { tables: shapes }: LedgerState['schema'],
  tables: ReadonlyMap<string, RemoteTable>,
): Iterable<readonly [LedgerState['schema']['tables'][number], RemoteTable]> {
  for (const shape of shapes) {
    const table = tables.get(shape.name);
    if (table !== undefined) yield [shape, table];
  }
}
