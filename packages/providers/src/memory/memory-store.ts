/**
 * A store in memory: the same promises as the others in the plainest way, so that tests can take it for the truth.
 *
 * Always true: what is handed in and out is a copy.
 */
import { BetterBaseError, encodeToJson } from '@betterbase/core';
import {
  type AppliedMigration,
  type CommitBatch,
  documentChange,
  DocumentCheck,
  documentTooLarge,
  type DocumentWrite,
  indexKey,
  isInRange,
  isSameJson,
  keyFields,
  layoutTable,
  lowerBoundKey,
  mostDocumentBytes,
  type Migration,
  type MigrationResult,
  planMigration,
  type ProjectStore,
  type RangeRead,
  type RequestKey,
  rowHolds,
  type FoundDocument,
  type SearchRead,
  type NearDocuments,
  type VectorRead,
  type StoredDocument,
  type StoredOutcome,
  type StoreState,
  type TableLayout,
  type TableStep,
  upperBoundKey,
} from '@betterbase/engine';
import { boundOf, passesTooMany } from '../sql/conditions/passed-rows.ts';
import { checkUnique } from './check-unique.ts';
import type { MemoryBackfill } from './memory-backfill.ts';
import { MemoryBackfillStore } from './memory-backfill-store.ts';
import { MemoryImportStore } from './memory-import-store.ts';
import { MemorySnapshots } from './memory-snapshots.ts';
import { type Documents, MemoryStanding } from './memory-standing.ts';
import { KeptList } from './kept-list.ts';
import { nearestDocuments } from './nearest-documents.ts';
import { searchDocuments } from './search-documents.ts';

interface Recorded extends StoredOutcome {
  readonly recordedAt: number;
}

export class MemoryStore implements ProjectStore {
  readonly kept = new KeptList();
  readonly snapshots: MemorySnapshots;
  readonly backfills: MemoryBackfillStore;
  readonly imports: MemoryImportStore;
  readonly #standing = new MemoryStanding();
  #outcomes: readonly Recorded[] = [];
  #applied: readonly AppliedMigration[] = [];

  constructor() {
    this.snapshots = new MemorySnapshots(this.#standing);
    this.backfills = new MemoryBackfillStore(this.#standing);
    this.imports = new MemoryImportStore(this.#standing, () => {
      this.kept.markAll();
      this.snapshots.closeAll();
      this.backfills.end();
    });
  }

  async open(): Promise<StoreState> {
    return this.#standing.state;
  }

  async get(table: string, id: string): Promise<StoredDocument | null> {
    return structuredClone(this.#standing.documents(table).get(id) ?? null);
  }

  async read(range: RangeRead): Promise<readonly StoredDocument[]> {
    const ascending = this.#inRange(range);
    const ordered = range.order === 'asc' ? ascending : ascending.reverse();
    return structuredClone(this.#wanted(ordered, range, range.limit));
  }

  async count(range: Omit<RangeRead, 'order' | 'limit'>): Promise<number> {
    return this.#wanted(this.#inRange(range), range, Number.POSITIVE_INFINITY).length;
  }

  async search(read: SearchRead, pending: readonly DocumentWrite[]): Promise<readonly FoundDocument[]> {
    const index = this.#standing.state.schema.tables
      .find(({ name }) => name === read.table)
      ?.indexes.find(({ name }) => name === read.index);
    if (index?.kind !== 'search')
      throw new BetterBaseError('index/not-found', `Table \`${read.table}\` has no search index \`${read.index}\`.`);
    return structuredClone(searchDocuments(this.#withPending(read.table, pending), index, read));
  }

  async nearest(read: VectorRead, pending: readonly DocumentWrite[]): Promise<NearDocuments> {
    return nearestDocuments(this.#withPending(read.table, pending), read);
  }

  async commit(batch: CommitBatch): Promise<number> {
    this.#standing.assertNewest(batch.basedOn);
    const tables = new Map(this.#standing.tables);
    for (const { table, id, before, after } of batch.writes) {
      const documents = new Map(this.#standing.documents(table, tables));
      if (documents.has(id) !== (before !== null)) throw new Error(`Document ${id} of ${table} is not where it was.`);
      if (after === null) documents.delete(id);
      else documents.set(id, toStoredCopy(table, after));
      tables.set(table, documents);
    }
    const written = new Set(batch.writes.map((write) => write.table));
    for (const table of this.#standing.state.schema.tables) {
      if (written.has(table.name)) checkUnique(table, this.#standing.documents(table.name, tables).values());
    }
    this.#record(batch);
    this.kept.mark(batch.stale ?? []);
    this.backfills.underWay?.follow(batch.writes, batch.version);
    this.#standing.tables = tables;
    this.#standing.state = { ...this.#standing.state, version: batch.version, time: batch.time };
    return batch.writes.length + 1;
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

  async migrate(migration: Migration): Promise<MigrationResult> {
    const { deployment, basedOn, version, migrations = [], now = 0 } = migration;
    this.#standing.assertNewest(basedOn);
    const { schema, nextNumber, changed, changes } = planMigration(
      this.#standing.state.schema,
      this.#standing.nextTable,
      migration,
      (name) => this.#standing.documents(name).size > 0,
    );
    for (const table of schema.tables) layoutTable(table);
    const tables = new Map(schema.tables.map(({ name }) => [name, this.#standing.tables.get(name) ?? new Map<string, StoredDocument>()]));
    const check = new DocumentCheck(schema);
    const { start } = this.backfills.underWay ?? {};
    const prepared = start?.deployment === deployment && isSameJson(start.target.schema, migration.schema) ? this.backfills.underWay : null;
    for (const step of changed) tables.set(step.next.name, this.#change(step, check, prepared));
    check.assertGood();
    for (const table of schema.tables) checkUnique(table, this.#standing.documents(table.name, tables).values());

    this.snapshots.closeAll();
    this.kept.clear();
    this.backfills.end();
    this.#standing.tables = tables;
    this.#standing.nextTable = nextNumber;
    this.#standing.state = { ...this.#standing.state, version, deployment, schema };
    this.#applied = [
      ...this.#applied,
      ...migrations.map(({ name, table }) => ({ name, table, deployment, at: now, documents: tables.get(table)?.size ?? 0 })),
    ];
    return { schema, changes };
  }

  async appliedMigrations(): Promise<readonly AppliedMigration[]> {
    return this.#applied;
  }

  async holding(table: string, field?: string): Promise<number> {
    return [...this.#standing.documents(table).values()].filter((document) => field === undefined || Object.hasOwn(document, field)).length;
  }

  #change({ old, next, parts, recheck }: TableStep, check: DocumentCheck, prepared: MemoryBackfill | null): Documents {
    const documents = [...((old === null ? undefined : this.#standing.tables.get(old.name))?.values() ?? [])];
    const change = parts === null ? null : documentChange(parts);
    const changed = documents.map((document) => prepared?.find(next.name, document._id) ?? change?.(structuredClone(document)) ?? document);
    if (recheck) for (const document of changed) check.see(next, document);
    return new Map(changed.map((document) => [document._id, document]));
  }

  #inRange(range: Omit<RangeRead, 'order' | 'limit'>): StoredDocument[] {
    const bounds = { lower: lowerBoundKey(range.lower), upper: upperBoundKey(range.upper) };
    const fields = this.#indexFields(range.table, range.index);
    return [...this.#standing.documents(range.table).values()]
      .map((document) => ({ document, key: indexKey(document, fields) }))
      .filter(({ key }) => isInRange(key, bounds))
      .sort((one, other) => (one.key < other.key ? -1 : 1))
      .map(({ document }) => document);
  }

  /** The first of these of which the range's condition is true, looking at as many as may be passed over. */
  #wanted(
    rows: readonly StoredDocument[],
    { table, where, passes }: Pick<RangeRead, 'table' | 'where' | 'passes'>,
    most: number,
  ): StoredDocument[] {
    if (where === undefined) return rows.slice(0, most);
    boundOf(
      { table, where, ...(passes === undefined ? null : { passes }) },
      { of: (name) => this.#standing.documents(name).size },
      (name) => this.#layoutOf(name),
    );
    const rowsOf = (name: string): Iterable<StoredDocument> => this.#standing.documents(name).values();
    const found = rows.slice(0, passes).filter((row) => rowHolds(where, [row], rowsOf) === true);
    if (passes !== undefined && rows.length > passes && found.length < most) throw passesTooMany(table, passes);
    return found.slice(0, most);
  }

  #layoutOf(name: string): TableLayout {
    const table = this.#standing.state.schema.tables.find((each) => each.name === name);
    if (table === undefined) throw new BetterBaseError('table/not-found', `There is no table \`${name}\`.`);
    return layoutTable(table);
  }

  #indexFields(table: string, name: string): readonly string[] {
    if (name === 'by_id' || name === 'by_creation_time') return keyFields(name, []);
    const index = this.#standing.state.schema.tables.find((each) => each.name === table)?.indexes.find((each) => each.name === name);
    if (index?.kind === 'index') return keyFields(name, index.fields);
    throw new BetterBaseError('index/not-found', `Table \`${table}\` has no index \`${name}\` that can be read by range.`);
  }

  #withPending(table: string, pending: readonly DocumentWrite[]): StoredDocument[] {
    const documents = new Map(this.#standing.documents(table));
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
