/**
 * A store in memory: the same promises as the others in the plainest way, so that tests can take it for the truth.
 *
 * Always true: what is handed in and out is a copy.
 */
import { BetterBaseError, encodeToJson } from '@betterbase/core';
import {
  type AppliedMigration,
  adoptNumbers,
  type BackfillBatch,
  type BackfillStart,
  type BackfillState,
  type BackfillStore,
  type CommitBatch,
  type CommittedImport,
  documentChange,
  DocumentCheck,
  documentTooLarge,
  type DocumentStore,
  type DocumentWrite,
  type ImportCommit,
  type ImportPlan,
  type ImportRecord,
  type ImportStore,
  indexKey,
  isInRange,
  isSameJson,
  keyFields,
  layoutTable,
  lowerBoundKey,
  mostDocumentBytes,
  type Migration,
  type MigrationResult,
  type OutcomeStore,
  planMigration,
  plannable,
  type RangeRead,
  type RequestKey,
  importNotFound,
  tableNotEmpty,
  type FindableQuery,
  type FoundDocument,
  type KeptQuery,
  type KeptQueryStore,
  type SearchRead,
  type SearchStore,
  type NearDocuments,
  type SnapshotPage,
  type SnapshotRead,
  type SnapshotStore,
  type VectorRead,
  type VectorStore,
  type SchemaStore,
  type StagedDocument,
  type StoredDocument,
  type StoredOutcome,
  type StoreState,
  type TableStep,
  upperBoundKey,
} from '@betterbase/engine';
import { checkUnique } from './check-unique.ts';
import { MemoryBackfill } from './memory-backfill.ts';
import { MemoryImports } from './memory-imports.ts';
import { MemorySnapshots } from './memory-snapshots.ts';
import { KeptList } from './kept-list.ts';
import { nearestDocuments } from './nearest-documents.ts';
import { searchDocuments } from './search-documents.ts';

type Documents = ReadonlyMap<string, StoredDocument>;

interface Recorded extends StoredOutcome {
  readonly recordedAt: number;
}

export class MemoryStore
  implements BackfillStore, DocumentStore, OutcomeStore, SchemaStore, SearchStore, VectorStore, SnapshotStore, ImportStore, KeptQueryStore
{
  readonly #kept = new KeptList();
  #state: StoreState = { version: 0, time: 0, deployment: null, schema: { tables: [] } };
  #nextTable = 1;
  #tables: ReadonlyMap<string, Documents> = new Map();
  #outcomes: readonly Recorded[] = [];
  readonly #snapshots = new MemorySnapshots();
  readonly #imports = new MemoryImports();
  #applied: readonly AppliedMigration[] = [];
  #backfill: MemoryBackfill | null = null;

  async open(): Promise<StoreState> {
    return this.#state;
  }

  async get(table: string, id: string): Promise<StoredDocument | null> {
    return structuredClone(this.#documents(table).get(id) ?? null);
  }

  async read(range: RangeRead): Promise<readonly StoredDocument[]> {
    const ascending = this.#inRange(range);
    const ordered = range.order === 'asc' ? ascending : ascending.reverse();
    return structuredClone(ordered.slice(0, range.limit));
  }

  async count(range: Omit<RangeRead, 'order' | 'limit'>): Promise<number> {
    return this.#inRange(range).length;
  }

  async search(read: SearchRead, pending: readonly DocumentWrite[]): Promise<readonly FoundDocument[]> {
    const index = this.#state.schema.tables.find(({ name }) => name === read.table)?.indexes.find(({ name }) => name === read.index);
    if (index?.kind !== 'search')
      throw new BetterBaseError('index/not-found', `Table \`${read.table}\` has no search index \`${read.index}\`.`);
    return structuredClone(searchDocuments(this.#withPending(read.table, pending), index, read));
  }

  async nearest(read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments> {
    return nearestDocuments(this.#withPending(read.table, pending), read);
  }

  async commit(batch: CommitBatch): Promise<number> {
    this.#assertNewest(batch.basedOn);
    const tables = new Map(this.#tables);
    for (const { table, id, before, after } of batch.writes) {
      const documents = new Map(this.#documents(table, tables));
      if (documents.has(id) !== (before !== null)) throw new Error(`Document ${id} of ${table} is not where it was.`);
      if (after === null) documents.delete(id);
      else documents.set(id, toStoredCopy(table, after));
      tables.set(table, documents);
    }
    const written = new Set(batch.writes.map((write) => write.table));
    for (const table of this.#state.schema.tables) {
      if (written.has(table.name)) checkUnique(table, this.#documents(table.name, tables).values());
    }
    this.#record(batch);
    this.#kept.mark(batch.stale ?? []);
    this.#backfill?.follow(batch.writes, batch.version);
    this.#tables = tables;
    this.#state = { ...this.#state, version: batch.version, time: batch.time };
    return batch.writes.length + 1;
  }

  async openSnapshot(name: string, now: number): Promise<ReadonlyMap<string, number>> {
    this.#snapshots.open(name, this.#tables, now);
    const active = this.#state.schema.tables.filter((table) => table.active);
    return new Map(active.map((table) => [table.name, this.#documents(table.name).size]));
  }

  async readSnapshot(read: SnapshotRead, now: number): Promise<SnapshotPage | null> {
    return structuredClone(this.#snapshots.read(read, now));
  }

  async closeSnapshot(name: string): Promise<void> {
    this.#snapshots.close(name);
  }

  async beginImport(id: string, plan: ImportPlan, deployment: string, now: number): Promise<void> {
    this.#numbers(plan);
    for (const { table, mode } of plan.tables) {
      const { size } = this.#documents(table);
      if (mode === 'empty' && size > 0) throw tableNotEmpty(table, size);
    }
    this.#imports.begin(id, plan, deployment, now);
  }

  async findImport(id: string): Promise<ImportRecord | null> {
    const entry = this.#imports.find(id);
    if (entry === null) return null;
    const { plan, deployment, lines, tables, isFinished } = entry;
    const { schema } = isFinished ? this.#state : this.#numbers(plan);
    return { plan, deployment, schema, lines, finished: isFinished ? { tables } : null };
  }

  async stage(id: string, name: string, documents: readonly StagedDocument[], lines: number, now: number): Promise<void> {
    const table = this.#state.schema.tables.find((each) => each.name === name);
    if (table !== undefined) this.#imports.stage(id, table, documents, lines, now, this.#documents(name));
  }

  async finishImport(id: string, { basedOn, version, time, now, extent }: ImportCommit): Promise<CommittedImport> {
    if (extent !== 'try') this.#assertNewest(basedOn);
    const entry = this.#imports.find(id);
    if (entry === null) throw importNotFound(id);
    const { schema, nextNumber } = this.#numbers(entry.plan);
    const { tables, summary } = this.#imports.work(id, schema, this.#tables);
    const times = entry.plan.tables.flatMap(({ table }) => [...(tables.get(table)?.values() ?? [])].map((each) => each._creationTime));
    const newest = Math.max(time, ...times);
    if (extent !== 'try') {
      this.#imports.committed(id, extent === 'whole', summary, now);
      this.#kept.markAll();
      this.#snapshots.closeAll();
      this.#backfill = null;
      this.#tables = tables;
      this.#nextTable = nextNumber;
      this.#state = { ...this.#state, version, time: newest, schema };
    }
    return { summary: { tables: summary }, schema, time: newest };
  }

  async dropImport(id: string): Promise<void> {
    this.#imports.drop(id);
  }

  #numbers(plan: ImportPlan): ReturnType<typeof adoptNumbers> {
    const wanted = new Map(plan.tables.flatMap(({ table, number }) => (number === undefined ? [] : [[table, number]])));
    const replaced = new Set(plan.tables.filter(({ mode }) => mode === 'replace').map(({ table }) => table));
    return adoptNumbers(this.#state.schema, this.#nextTable, wanted, (table) => !replaced.has(table) && this.#documents(table).size > 0);
  }

  async find({ session, id }: RequestKey): Promise<StoredOutcome | null> {
    if (session === null) return null;
    const found = this.#outcomes.find(({ request }) => request.session === session && request.id === id);
    return found === undefined ? null : toStored(found);
  }

  async since(version: number): Promise<readonly StoredOutcome[]> {
    return this.#outcomes.filter((outcome) => outcome.version > version).map(toStored);
  }

  async forget(session: string, upTo: number): Promise<void> {
    this.#outcomes = this.#outcomes.filter(({ request }) => request.session !== session || !(Number(request.id) <= upTo));
  }

  async sweep(version: number, time: number): Promise<void> {
    this.#outcomes = this.#outcomes.filter(
      (outcome) => (outcome.request.session !== null || outcome.version > version) && outcome.recordedAt >= time,
    );
  }

  async hasKept(): Promise<boolean> {
    return !this.#kept.isEmpty;
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
    const { deployment, basedOn, version, migrations = [], now = 0 } = migration;
    this.#assertNewest(basedOn);
    const { schema, nextNumber, changed, changes } = planMigration(
      this.#state.schema,
      this.#nextTable,
      migration,
      (name) => this.#documents(name).size > 0,
    );
    for (const table of schema.tables) layoutTable(table);
    const tables = new Map(schema.tables.map(({ name }) => [name, this.#tables.get(name) ?? new Map<string, StoredDocument>()]));
    const check = new DocumentCheck(schema);
    const { start } = this.#backfill ?? {};
    const prepared = start?.deployment === deployment && isSameJson(start.target.schema, migration.schema) ? this.#backfill : null;
    for (const step of changed) tables.set(step.next.name, this.#change(step, check, prepared));
    check.assertGood();
    for (const table of schema.tables) checkUnique(table, this.#documents(table.name, tables).values());

    this.#snapshots.closeAll();
    this.#kept.clear();
    this.#backfill = null;
    this.#tables = tables;
    this.#nextTable = nextNumber;
    this.#state = { ...this.#state, version, deployment, schema };
    this.#applied = [
      ...this.#applied,
      ...migrations.map(({ name, table }) => ({ name, table, deployment, at: now, documents: tables.get(table)?.size ?? 0 })),
    ];
    return { schema, changes };
  }

  async beginBackfill(start: BackfillStart): Promise<void> {
    if (this.#backfill?.start.deployment === start.deployment) return;
    const wanted = new Set(start.tables);
    const { changed } = planMigration(
      this.#state.schema,
      this.#nextTable,
      plannable(start.target),
      (name) => this.#documents(name).size > 0,
    );
    const parts = changed.flatMap(({ old, next }) => (old !== null && wanted.has(next.name) ? [{ from: old.name, next }] : []));
    this.#backfill = new MemoryBackfill(start, parts);
  }

  async backfill(): Promise<BackfillState | null> {
    return this.#backfill?.state(this.#tables) ?? null;
  }

  async takeForBackfill(most: number): Promise<BackfillBatch | null> {
    return this.#backfill?.take(most, this.#state.version, this.#tables) ?? null;
  }

  async layAside(batch: BackfillBatch): Promise<void> {
    this.#backfill?.layAside(batch);
  }

  async dropBackfill(): Promise<void> {
    this.#backfill = null;
  }

  async appliedMigrations(): Promise<readonly AppliedMigration[]> {
    return this.#applied;
  }

  async holding(table: string, field?: string): Promise<number> {
    return [...this.#documents(table).values()].filter((document) => field === undefined || Object.hasOwn(document, field)).length;
  }

  #change({ old, next, parts, recheck }: TableStep, check: DocumentCheck, prepared: MemoryBackfill | null): Documents {
    const documents = [...((old === null ? undefined : this.#tables.get(old.name))?.values() ?? [])];
    const change = parts === null ? null : documentChange(parts);
    const changed = documents.map((document) => prepared?.find(next.name, document._id) ?? change?.(structuredClone(document)) ?? document);
    if (recheck) for (const document of changed) check.see(next, document);
    return new Map(changed.map((document) => [document._id, document]));
  }

  #inRange(range: Omit<RangeRead, 'order' | 'limit'>): StoredDocument[] {
    const bounds = { lower: lowerBoundKey(range.lower), upper: upperBoundKey(range.upper) };
    const fields = this.#indexFields(range.table, range.index);
    return [...this.#documents(range.table).values()]
      .map((document) => ({ document, key: indexKey(document, fields) }))
      .filter(({ key }) => isInRange(key, bounds))
      .sort((one, other) => (one.key < other.key ? -1 : 1))
      .map(({ document }) => document);
  }

  #indexFields(table: string, name: string): readonly string[] {
    if (name === 'by_id' || name === 'by_creation_time') return keyFields(name, []);
    const index = this.#state.schema.tables.find((each) => each.name === table)?.indexes.find((each) => each.name === name);
    if (index?.kind === 'index') return keyFields(name, index.fields);
    throw new BetterBaseError('index/not-found', `Table \`${table}\` has no index \`${name}\` that can be read by range.`);
  }

  #withPending(table: string, pending: readonly DocumentWrite[]): StoredDocument[] {
    const documents = new Map(this.#documents(table));
    for (const { id, after } of pending) {
      if (after === null) documents.delete(id);
      else documents.set(id, after);
    }
    return [...documents.values()];
  }

  #record({ version, outcome, now }: CommitBatch): void {
    if (outcome === null) return;
    const { session, id } = outcome.request;
    if (session !== null && this.#outcomes.some(({ request }) => request.session === session && request.id === id)) {
      throw new BetterBaseError('request/duplicate', `The request \`${id}\` has an outcome already.`);
    }
    this.#outcomes = [...this.#outcomes, { ...outcome, version, recordedAt: now }];
  }

  #documents(table: string, tables: ReadonlyMap<string, Documents> = this.#tables): Documents {
    const documents = tables.get(table);
    if (documents !== undefined) return documents;
    throw new BetterBaseError('table/not-found', `There is no table \`${table}\`.`);
  }

  #assertNewest(basedOn: number): void {
    if (this.#state.version === basedOn) return;
    throw new BetterBaseError('commit/conflict', `This was decided on version ${basedOn}, and the newest is ${this.#state.version}.`);
  }
}

const utf8 = new TextEncoder();

/** @throws BetterBaseError `document/too-large` */
function toStoredCopy(table: string, document: StoredDocument): StoredDocument {
  const bytes = utf8.encode(encodeToJson(document)).length;
  if (bytes > mostDocumentBytes) throw documentTooLarge(table, document._id, bytes);
  return structuredClone(document);
}

function toStored({ recordedAt: _recordedAt, ...outcome }: Recorded): StoredOutcome {
  return outcome;
}
