import type { Value } from '@betterbase/core';
import {
  type CommitBatch,
  type DocumentWrite,
  encodeDocumentId,
  type MigrationResult,
  newInternalId,
  type NamedMigration,
  type ProjectStore,
  type SnapshotStore,
  type SqlStore,
  type BackfillStore,
  type ImportStore,
  type RangeEnd,
  type RangeRead,
  type StoredDocument,
  type StoreState,
} from '@betterbase/engine';
import type { TableManifest } from '@betterbase/protocol';

export type Store = ProjectStore;

/** Lends an empty store. `open` opens another store on the same data, as after a restart. */
export type LendStore = (use: (open: () => Store) => Promise<void>) => Promise<void>;

type NamedCommit = readonly [id: string, ...writes: DocumentWrite[]];

type Fields = { readonly [field: string]: Value };

const wholeRange: RangeEnd = { prefix: [], inclusive: true };

/** Drives a store as the engine does: numbers versions, hands out times and ids. */
export class StoreDriver {
  readonly store: Store;
  version = 0;
  time = 1_700_000_000_000;
  now = 1_700_000_000_000;
  #numbers = new Map<string, number>();
  #madeIds = 0;

  constructor(store: Store) {
    this.store = store;
  }

  /** Opens the store; with tables, migrates it to them. */
  static async open(store: Store, ...tables: TableManifest[]): Promise<StoreDriver> {
    const driver = new StoreDriver(store);
    driver.#stand(await store.open());
    if (tables.length > 0) await driver.migrate(...tables);
    return driver;
  }

  get sql(): SqlStore {
    return present(this.store.sql);
  }

  get snapshots(): SnapshotStore {
    return present(this.store.snapshots);
  }

  get imports(): ImportStore {
    return present(this.store.imports);
  }

  get backfills(): BackfillStore {
    return present(this.store.backfills);
  }

  async migrate(...tables: TableManifest[]): Promise<MigrationResult> {
    return await this.migrateBy([], ...tables);
  }

  async migrateBy(migrations: readonly NamedMigration[], ...tables: TableManifest[]): Promise<MigrationResult> {
    return await this.migrateAs(`deployment-${this.version + 1}`, migrations, ...tables);
  }

  async migrateAs(deployment: string, migrations: readonly NamedMigration[], ...tables: TableManifest[]): Promise<MigrationResult> {
    const version = this.version + 1;
    const result = await this.store.migrate({
      schema: { tables },
      deployment,
      basedOn: this.version,
      version,
      now: this.now,
      migrations,
    });
    this.version = version;
    this.#numbers = new Map(result.schema.tables.map(({ name, number }) => [name, number]));
    return result;
  }

  numberOf(table: string): number {
    return this.#numbers.get(table) ?? 0;
  }

  async commit(writes: readonly DocumentWrite[], rest: Partial<Omit<CommitBatch, 'writes'>> = {}): Promise<number> {
    const version = this.version + 1;
    const rows = await this.store.commit({
      basedOn: this.version,
      version,
      time: this.time,
      now: this.now,
      outcome: null,
      writes,
      ...rest,
    });
    this.version = version;
    return rows;
  }

  /** Several at once, where the store can: each with the outcome of a request of session `s` that has this id. */
  async commitAll(...commits: readonly NamedCommit[]): Promise<readonly number[]> {
    const rows = await present(this.store.joint).commitAll(this.#batches(commits));
    this.version += commits.length;
    return rows;
  }

  /** As `commitAll`, and the next may be sent before it is known what became of it. The version is as if all goes well. */
  send(engine: string, ...commits: readonly NamedCommit[]): Promise<readonly number[]> {
    const batches = this.#batches(commits);
    this.version += commits.length;
    return present(this.store.joint).commitAll(batches, engine);
  }

  #batches(commits: readonly NamedCommit[]): readonly CommitBatch[] {
    return commits.map(([id, ...writes], at): CommitBatch => {
      const basedOn = this.version + at;
      const outcome = { request: { session: 's', id }, identity: '', outcome: `outcome ${id}` };
      return { basedOn, version: basedOn + 1, time: this.time, now: this.now, outcome, writes };
    });
  }

  /** A document that is not stored yet, created later than all before it. */
  document(table: string, fields: Fields): StoredDocument {
    this.time += 1 / 1024;
    this.#madeIds++;
    const internal = newInternalId(this.time, new Uint8Array(10).fill(this.#madeIds));
    return { ...fields, _id: encodeDocumentId(this.numberOf(table), internal), _creationTime: this.time };
  }

  async insert(table: string, ...all: Fields[]): Promise<StoredDocument[]> {
    const documents = all.map((fields) => this.document(table, fields));
    await this.commit(documents.map((after) => insertion(table, after)));
    return documents;
  }

  /** Puts other fields into a document. */
  async replace(table: string, before: StoredDocument, fields: Fields): Promise<StoredDocument> {
    const after = replaced(before, fields);
    await this.commit([{ table, id: before._id, before, after }]);
    return after;
  }

  async delete(table: string, before: StoredDocument): Promise<void> {
    await this.commit([deletion(table, before)]);
  }

  read(table: string, range: Partial<RangeRead> = {}): Promise<readonly StoredDocument[]> {
    return this.store.read({
      table,
      index: 'by_creation_time',
      lower: wholeRange,
      upper: wholeRange,
      order: 'asc',
      limit: 1_000,
      ...range,
    });
  }

  /** All of a table, of a store that was not opened yet. */
  async reopened(table: string): Promise<readonly StoredDocument[]> {
    await this.store.open();
    return await this.read(table);
  }

  /** Documents that have a word. */
  async search(table: string, index: string, term: string, field = index): Promise<readonly StoredDocument[]> {
    const found = await this.store.search({ table, index, field, terms: [term], prefix: null, filters: [], limit: 10 }, []);
    return found.map(({ document }) => document);
  }

  /** The documents whose index begins with these values. */
  equal(table: string, index: string, ...prefix: (Value | undefined)[]): Promise<readonly StoredDocument[]> {
    const end = { prefix, inclusive: true };
    return this.read(table, { index, lower: end, upper: end });
  }

  #stand({ version, time, schema }: StoreState): void {
    this.version = version;
    this.time = Math.max(this.time, time);
    this.#numbers = new Map(schema.tables.map(({ name, number }) => [name, number]));
  }
}

export function insertion(table: string, after: StoredDocument): DocumentWrite {
  return { table, id: after._id, before: null, after };
}

export function deletion(table: string, before: StoredDocument): DocumentWrite {
  return { table, id: before._id, before, after: null };
}

export function replaced({ _id, _creationTime }: StoredDocument, fields: Fields): StoredDocument {
  return { ...fields, _id, _creationTime };
}

function present<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('The store does not have this part.');
  return part;
}
