import { BetterBaseError, type ProjectLimits } from '@betterbase/core';
import { lowerBoundKey, upperBoundKey } from '../keys/key-range.ts';
import type { DocumentStore, RangeRead, StoredDocument } from '../ports/document-store.ts';
import type { RowCondition } from '../ports/row-condition.ts';
import type { FoundDocument, SearchRead, SearchStore } from '../ports/search-store.ts';
import type { StoreParts } from '../ports/project-store.ts';
import type { SqlResult, SqlStatement, SqlWrites } from '../ports/sql-store.ts';
import type { NearDocument, VectorRead, VectorStore } from '../ports/vector-store.ts';
import type { ReadNotes } from '../analysis/read-notes.ts';
import { badSql } from '../database/sql-parameters.ts';
import { Allowances, type Narrowing } from './allowances.ts';
import { copyFields } from './copy-value.ts';
import { byCreationTime, indexKey } from './index-key.ts';
import { weighDocument } from './document-weight.ts';
import { Overlay, type OverlayCheckpoint } from './overlay.ts';
import { PageJournal } from './page-journal.ts';
import { type Clock, ReadBudget } from './read-budget.ts';
import { RangeScan } from './range-scan.ts';
import type { ReadRange, ReadSearch, ReadSet } from './read-set.ts';
import type { CatalogTable, TableCatalog } from './table-catalog.ts';
import { assertWritable, tooManyReads } from './usage-limits.ts';

/** What a run reads from. */
export type TransactionStore = DocumentStore & SearchStore & VectorStore & Pick<StoreParts, 'sql'>;

export interface TransactionParts {
  readonly store: TransactionStore;
  readonly catalog: TableCatalog;
  readonly limits: ProjectLimits;
  readonly clock: Clock;
  readonly journal?: string | null;
  /** The transaction inside which this one reads what was committed before it. */
  readonly outer?: Transaction;
}

type Executed = Pick<SqlStatement, 'sql' | 'params'> & {
  readonly writes: Omit<SqlWrites, 'most'> | null;
  readonly seen?: { readonly rows: NonNullable<SqlStatement['seen']>; readonly reads: readonly ReadRange[] };
};

/**
 * What one run reads and writes.
 *
 * Holds: the run's read set, its buffered writes, and what it has used of its limits.
 * Does not hold: committed documents, validators' verdicts, who is calling.
 * Always true: reads see one committed version with the run's own writes on top; nothing reaches the store before commit.
 */
export class Transaction {
  readonly overlay = new Overlay();
  readonly pages: PageJournal;
  /** Kept while somebody wants to know what is read. */
  notes: ReadNotes | null = null;
  /** Some of what is read or written is by the policies for whoever called. */
  actsAsUser = false;
  /** Tables that do not exist, and that the run wanted to insert into. */
  readonly missingTables = new Set<string>();
  readonly #store: TransactionStore;
  readonly #catalog: TableCatalog;
  readonly #allowances: Allowances;
  readonly #budget: ReadBudget;
  readonly #now: number;
  readonly #scans: RangeScan[] = [];
  readonly #counted: ReadRange[] = [];
  readonly #asked = new Map<string, ReadRange>();
  readonly #searched: ReadSearch[] = [];
  readonly #ids = new Set<string>();
  readonly #parts: TransactionParts;
  #vectorsCompared = 0;
  #waiting = 0;
  #isOver = false;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.pages = new PageJournal(parts.journal ?? null);
    this.#store = parts.store;
    this.#catalog = parts.catalog;
    this.#allowances = new Allowances(parts.limits);
    this.#budget = new ReadBudget(this.#allowances, parts.clock);
    this.#now = parts.clock.startedAt;
  }

  get catalog(): TableCatalog {
    return this.#catalog;
  }

  /** Those of the run, or narrower ones while a call inside it has such. */
  get limits(): ProjectLimits {
    return this.#allowances.limits;
  }

  /** From now on the run may use this much altogether, until what is returned is called. */
  narrow(most: Narrowing): () => void {
    return this.#allowances.narrow(most);
  }

  get documentsRead(): number {
    return this.#budget.documents;
  }

  get bytesRead(): number {
    return this.#budget.bytes;
  }

  /** Documents, and vectors that were compared; these are no part of the limit on documents. */
  get rowsRead(): number {
    return this.#budget.documents + this.#vectorsCompared;
  }

  /** `get` and query calls so far. */
  get queries(): number {
    return this.#scans.length + this.#counted.length + this.#searched.length + this.#ids.size;
  }

  /** True while the store has been asked and has not answered. */
  get isWaiting(): boolean {
    return this.#waiting > 0;
  }

  /** A fresh copy of the document as this run sees it, or null. */
  async get(table: CatalogTable, id: string): Promise<StoredDocument | null> {
    this.#assertOpen();
    this.#assertFewerRanges();
    this.#ids.add(id);
    this.notes?.got(table.name);
    const own = this.overlay.find(table.name, id);
    if (own !== undefined) return own.after === null ? null : freshCopy(own.after);
    const found = await this.#wait(this.#store.get(table.name, id));
    this.#budget.spendOne(found);
    return found;
  }

  /**
   * Starts reading an index range; what is read of it until the run ends becomes part of the read set.
   *
   * `where`: what committed documents are to be like. The run's own are given whatever they are like.
   */
  scan(table: CatalogTable, range: Omit<RangeRead, 'limit' | 'table' | 'where'>, where?: () => RowCondition | null): RangeScan {
    this.#assertOpen();
    this.#assertFewerRanges();
    const scan = new RangeScan({
      read: async (wanted) => (table.exists ? await this.#wait(this.#store.read(this.#passing(wanted))) : []),
      overlay: this.overlay,
      fields: indexFields(table, range.index),
      range: { ...range, table: table.name },
      ...(where === undefined ? null : { where }),
      allowance: () => this.#budget.left(),
      onRead: (documents) => {
        this.#assertOpen();
        const bytes = this.#budget.spend(documents);
        // The few that were found may have taken long to find.
        if (where !== undefined) this.#budget.assertInTime();
        return bytes;
      },
    });
    this.#scans.push(scan);
    this.notes?.scanned(scan, { ...range, table: table.name });
    return scan;
  }

  /** A condition that the store is asked looks at these. */
  asks(ranges: readonly ReadRange[]): void {
    for (const range of ranges) this.#asked.set(`${range.table}\n${range.index}\n${range.lower}\n${range.upper}`, range);
  }

  /** How many documents are in the range, without reading them. With `where` the run has written none of the table. */
  async count(table: CatalogTable, range: Omit<RangeRead, 'limit' | 'table' | 'order'>): Promise<number> {
    this.#assertOpen();
    this.#assertFewerRanges();
    const fields = indexFields(table, range.index);
    const lower = lowerBoundKey(range.lower);
    const upper = upperBoundKey(range.upper);
    this.#counted.push({ table: table.name, index: range.index, lower, upper });
    if (!table.exists) return 0;
    let count = await this.#wait(this.#store.count(this.#passing({ ...range, table: table.name })));
    const isInside = (document: StoredDocument | null): boolean => {
      if (document === null) return false;
      const key = indexKey(document, fields);
      return lower <= key && key < upper;
    };
    for (const { before, after } of this.overlay.writesTo(table.name)) {
      if (isInside(before)) count--;
      if (isInside(after)) count++;
    }
    return count;
  }

  /** The documents that match a search best, the run's own writes included, as fresh copies. */
  async search(table: CatalogTable, read: SearchRead): Promise<FoundDocument[]> {
    this.#assertOpen();
    this.#assertFewerRanges();
    this.#searched.push(read);
    const found = await this.#wait(this.#store.search(read, [...this.overlay.writesTo(table.name)]));
    this.#budget.spend(found.map(({ document }) => document));
    return found.map(({ document, score }) => {
      const own = this.overlay.find(table.name, document._id)?.after ?? null;
      return { document: own === null ? document : freshCopy(own), score };
    });
  }

  /** The documents whose vectors are nearest, the run's own writes included. Any write to the table may change which. */
  async nearest(table: CatalogTable, read: Omit<VectorRead, 'table'>): Promise<readonly NearDocument[]> {
    this.#assertOpen();
    this.#assertFewerRanges();
    this.#counted.push({ table: table.name, index: byCreationTime, lower: lowerBoundKey(everything), upper: upperBoundKey(everything) });
    const { near, compared } = await this.#wait(
      this.#store.nearest({ ...read, table: table.name }, [...this.overlay.writesTo(table.name)]),
    );
    this.#vectorsCompared += compared;
    return near;
  }

  /**
   * Runs SQL over what this run sees. Every table that it looks into counts as read from end to end, unless it can only have
   * looked at the document of one id. What it changes is in the result, and not yet written.
   * `seen`: what it may see, and what counts as read then.
   */
  async execute(statement: Executed): Promise<SqlResult> {
    this.#assertOpen();
    this.#assertFewerRanges();
    const store = this.#store.sql;
    if (store === undefined) throw badSql('this project keeps its documents where SQL cannot reach them', 'Use ctx.db.query.');
    const { sql, params, seen } = statement;
    const writes = statement.writes === null ? null : { ...statement.writes, most: this.limits.documentsWritten };
    const pending: SqlStatement['pending'] = (table) => this.overlay.writesTo(table);
    const result = await this.#wait(
      store.execute({ sql, params, pending, now: this.#now, writes, ...(seen === undefined ? {} : { seen: seen.rows }) }),
    );
    const { tables, rowsRead } = result;
    if (this.notes !== null) {
      const plan = await this.#wait(store.explain(sql, params));
      this.notes.ran({ plan, tables, isOne: result.id !== null, rowsRead, rowsReturned: result.rows.length });
    }
    if (result.id !== null) this.#ids.add(result.id);
    else if (seen !== undefined) this.#counted.push(...seen.reads);
    else
      for (const table of result.tables)
        this.#counted.push({ table, index: byCreationTime, lower: lowerBoundKey(everything), upper: upperBoundKey(everything) });
    this.#budget.spend(result.rows.map((row) => ({ row: [...row] })));
    this.#budget.spend(result.changes.flatMap(({ before }) => (before === null ? [] : [before])));
    return result;
  }

  /** Buffers a write. `before` is what this run saw, `after` what it wants; both are the transaction's from now on. */
  write(table: CatalogTable, id: string, before: StoredDocument | null, after: StoredDocument | null): void {
    this.#assertOpen();
    const bytes = after === null ? 0 : weighDocument(after, table.name, this.limits);
    this.overlay.put(table.name, id, before, after, bytes);
    assertWritable(this.overlay, bytes, table.name, this.limits);
  }

  checkpoint(): OverlayCheckpoint {
    return this.overlay.checkpoint();
  }

  restore(checkpoint: OverlayCheckpoint): void {
    this.overlay.restore(checkpoint);
  }

  /** Ends the run: what comes later, from a handler that did not wait for its own promises, is refused. */
  end(): ReadSet {
    this.#isOver = true;
    const ranges = [...this.#counted, ...this.#asked.values(), ...this.#scans.map((scan) => scan.interval())];
    return { ranges, ids: this.#ids, searches: this.#searched };
  }

  /** For a call inside this run that is to see what was committed when it began, and none of its writes. */
  committed(): Transaction {
    return new Transaction({ ...this.#parts, limits: this.limits, journal: null, outer: this });
  }

  /** What is not read counts as little, but no database is to walk without end for one function. */
  #passing<T extends Pick<RangeRead, 'where'>>(range: T): T & Pick<RangeRead, 'passes'> {
    return range.where === undefined ? range : { ...range, passes: this.limits.rowsPassed };
  }

  async #wait<T>(answer: Promise<T>): Promise<T> {
    const waiting = this.#parts.outer ?? this;
    waiting.#waiting++;
    try {
      return await answer;
    } finally {
      waiting.#waiting--;
    }
  }

  #assertOpen(): void {
    if (!this.#isOver) return;
    throw new BetterBaseError('function/transaction-over', 'The function has returned, so its database can no longer be used.', {
      hint: 'Await every ctx.db call before the handler returns.',
    });
  }

  #assertFewerRanges(): void {
    if (this.queries >= this.limits.ranges) throw tooManyReads(this.queries + 1, this.limits);
  }
}

const everything = { prefix: [], inclusive: true };

/** @throws BetterBaseError `index/not-found` */
export function indexFields(table: CatalogTable, index: string): readonly string[] {
  const fields = table.indexes.get(index);
  if (fields !== undefined) return fields;
  throw new BetterBaseError('index/not-found', `Table \`${table.name}\` has no index \`${index}\`.`, {
    hint: `Add it in betterbase/schema.ts with .index('${index}', [...]), or use one of ${[...table.indexes.keys()].map((name) => `\`${name}\``).join(', ')}.`,
  });
}

function freshCopy(document: StoredDocument): StoredDocument {
  return { ...copyFields(document), _id: document._id, _creationTime: document._creationTime };
}
