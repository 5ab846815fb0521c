import { BetterBaseError, checkValue, isPlainObject, type Value } from '@betterbase/core';
import { encodeDocumentId, newInternalId } from '../ids/document-id.ts';
import { UserWriter } from '../policy/user-writer.ts';
import type { DocumentWrite, StoredDocument } from '../ports/document-store.ts';
import type { SqlResult, SqlScalar } from '../ports/sql-store.ts';
import { copyFields } from '../transaction/copy-value.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { type AsCaller, DatabaseReader, isIdOf } from './database-reader.ts';
import { noDocument } from './no-document.ts';
import { checkReferences, followDeletion } from './references.ts';
import { TableWriter } from './table-access.ts';

export interface WriterParts {
  readonly transaction: Transaction;
  readonly times: TimeSource;
  /** The call's frozen time, ms. */
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
  readonly asCaller: AsCaller;
}

/** Those of the platform's own functions. */
const writesUsers = new WeakSet<DatabaseWriter>();

/** Lets a function of the platform write who the project's users are. */
export function letWriteUsers(database: unknown): void {
  if (database instanceof DatabaseWriter) writesUsers.add(database);
}

/** `ctx.db` of a mutation. Writes are buffered in the transaction; its own reads see them. */
export class DatabaseWriter extends DatabaseReader {
  readonly #parts: WriterParts;
  #commitTs: bigint | null = null;

  constructor(parts: WriterParts) {
    super(parts.transaction, parts.asCaller);
    this.#parts = parts;
  }

  /** The same, with the table said once. */
  override table(name: string): TableWriter {
    return new TableWriter(this, name);
  }

  override asUser(): UserWriter {
    return new UserWriter(this, this.asCaller());
  }

  /** What only the commit decides. */
  get vars(): { readonly commitTs: bigint } {
    const { times, now } = this.#parts;
    this.#commitTs ??= toNanoseconds(times.next(now));
    return { commitTs: this.#commitTs };
  }

  #write(...change: Parameters<Transaction['write']>): void {
    const [table] = change;
    if (table.isUsers && !writesUsers.has(this))
      throw new BetterBaseError(
        'table/read-only',
        `The documents of \`${table.name}\` are the project’s users: functions cannot write them.`,
        {
          hint: 'Keep what your app knows of a user in a table of your own, with the user’s `id`.',
        },
      );
    this.transaction.write(...change);
  }

  async insert(tableName: string, value: unknown): Promise<string> {
    const table = this.transaction.catalog.get(tableName);
    const fields = this.#fields(table, value, 'insert');
    for (const field of ['_id', '_creationTime']) {
      if (field in fields) {
        throw new BetterBaseError('document/invalid', `insert into \`${table.name}\` names \`${field}\`, which the database sets.`, {
          hint: `Leave \`${field}\` out.`,
        });
      }
    }
    this.#check(table, fields, 'insert into');
    if (!table.exists) throw this.#lack(table.name);
    if (table.foreignKeys.length > 0) await checkReferences(this.transaction, table, null, fields);
    const { id, creationTime } = this.#newDocument(table);
    this.#write(table, id, null, { ...toFloat32(table, fields), _id: id, _creationTime: creationTime });
    return id;
  }

  /** Whoever runs the function makes the table, and runs it again. */
  #lack(table: string): BetterBaseError {
    this.transaction.missingTables.add(table);
    return new BetterBaseError('table/not-found', `There is no table \`${table}\` yet.`);
  }

  #newDocument(table: CatalogTable): { readonly id: string; readonly creationTime: number } {
    const { times, now, randomBytes } = this.#parts;
    const creationTime = times.next(now);
    return { id: encodeDocumentId(table.number, newInternalId(creationTime, randomBytes(10))), creationTime };
  }

  /** Takes back what `work` has written if it throws. */
  async attempt<T>(work: () => Promise<T>): Promise<T> {
    const checkpoint = this.transaction.checkpoint();
    try {
      return await work();
    } catch (failed) {
      this.transaction.restore(checkpoint);
      throw failed;
    }
  }

  /** A mutation's statement may change documents: what it would make of them is written as any other write. */
  protected override async run(sql: string, params: SqlScalar[]): Promise<SqlResult> {
    const { times } = this.#parts;
    const newest = times.last;
    try {
      const newDocument = (name: string) => this.#newDocument(this.transaction.catalog.get(name));
      const result = await this.transaction.execute({ sql, params, writes: { newDocument } });
      const created = result.changes.flatMap(({ before, after }) => (before === null && after !== null ? [after._creationTime] : []));
      times.reset(created.reduce((one, other) => Math.max(one, other), newest));
      await this.#adopt(result.changes);
      return result;
    } catch (refused) {
      times.reset(newest);
      throw refused;
    }
  }

  /** All of a statement's changes, or none: first they are checked, then they are there, then what follows from them is done. */
  async #adopt(changes: readonly DocumentWrite[]): Promise<void> {
    const { catalog } = this.transaction;
    for (const { table, id, after } of changes) {
      if (after === null) continue;
      const { _id, _creationTime, ...own } = after;
      this.#check(catalog.get(table), own, `the statement's row \`${id}\` of`);
    }
    const write = async (): Promise<void> => {
      for (const { table, id, before, after } of changes) this.#write(catalog.get(table), id, before, after);
      for (const change of changes) if (this.#isKeyed(change.table)) await this.#follow(change);
    };
    const isOne = changes.length < 2 && !changes.some(({ table }) => this.#isKeyed(table));
    await (isOne ? write() : this.attempt(write));
  }

  #isKeyed(table: string): boolean {
    const { catalog } = this.transaction;
    return catalog.get(table).foreignKeys.length > 0 || catalog.foreignKeysTo(table).length > 0;
  }

  async #follow({ table: name, id, before, after }: DocumentWrite): Promise<void> {
    const table = this.transaction.catalog.get(name);
    if (after === null) await this.#followDeletion(table, id);
    else await checkReferences(this.transaction, table, before, after);
  }

  /** Sets the given fields; one that is `undefined` is removed. */
  async patch(first: string, second: unknown, third?: unknown): Promise<void> {
    const { table, id, value } = this.#writeTarget('patch', first, second, third);
    const before = await this.#existing(table, id, 'patch');
    const changes = this.#plain(table, value, 'patch');
    const after: { [field: string]: Value | undefined } = { ...before };
    for (const [field, change] of Object.entries(changes)) {
      this.#assertSystemField(table, before, field, change, 'patch');
      after[field] = change;
    }
    await this.#change(table, before, copyFields(after), 'patch of');
  }

  /** Sets all fields, keeping `_id` and `_creationTime`. */
  async replace(first: string, second: unknown, third?: unknown): Promise<void> {
    const { table, id, value } = this.#writeTarget('replace', first, second, third);
    const before = await this.#existing(table, id, 'replace');
    const fields = this.#fields(table, value, 'replace');
    for (const [field, change] of Object.entries(fields)) this.#assertSystemField(table, before, field, change, 'replace');
    await this.#change(table, before, fields, 'replace of');
  }

  async delete(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<void> {
    const { table, id } = this.target('delete', args[0], args.length > 1 ? args[1] : undefined);
    const before = await this.#existing(table, id, 'delete');
    if (this.transaction.catalog.foreignKeysTo(table.name).length === 0) this.#write(table, id, before, null);
    else await this.#deleteReferenced(table, before);
  }

  /** All that follows from it, or nothing. */
  async #deleteReferenced(table: CatalogTable, document: StoredDocument): Promise<void> {
    await this.attempt(() => this.#remove(table, document));
  }

  /** Goes before what names it does, so that documents that name each other go once. */
  async #remove(table: CatalogTable, document: StoredDocument): Promise<void> {
    if ((await this.transaction.get(table, document._id)) === null) return;
    this.#write(table, document._id, document, null);
    await this.#followDeletion(table, document._id);
  }

  async #followDeletion(table: CatalogTable, id: string): Promise<void> {
    await followDeletion(this.transaction, table, id, {
      remove: (each, naming) => this.#remove(each, naming),
      put: (each, before, fields) => this.#put(each, before, fields, 'onDelete of'),
    });
  }

  #writeTarget(
    method: string,
    first: unknown,
    second: unknown,
    third: unknown,
  ): { readonly table: CatalogTable; readonly id: string; readonly value: unknown } {
    return typeof second === 'string'
      ? { ...this.target(method, first, second), value: third }
      : { ...this.target(method, first, undefined), value: second };
  }

  async #existing(table: CatalogTable, id: string, method: string): Promise<StoredDocument> {
    const document = await this.transaction.get(table, id);
    if (document !== null) return document;
    throw noDocument(method, table.name, id);
  }

  async #change(table: CatalogTable, before: StoredDocument, fields: { [field: string]: Value }, doing: string): Promise<void> {
    if (table.foreignKeys.length > 0) await checkReferences(this.transaction, table, before, fields);
    this.#put(table, before, fields, doing);
  }

  #put(table: CatalogTable, before: StoredDocument, fields: { [field: string]: Value }, doing: string): void {
    const { _id, _creationTime, ...own } = fields;
    this.#check(table, own, doing);
    this.#write(table, before._id, before, { ...toFloat32(table, own), _id: before._id, _creationTime: before._creationTime });
  }

  #assertSystemField(table: CatalogTable, before: StoredDocument, field: string, change: Value | undefined, method: string): void {
    if ((field !== '_id' && field !== '_creationTime') || change === before[field]) return;
    throw new BetterBaseError(
      'document/invalid',
      `ctx.db.${method} would change \`${field}\` of \`${before._id}\` in \`${table.name}\`, which never changes.`,
    );
  }

  #plain(table: CatalogTable, value: unknown, method: string): { [field: string]: Value | undefined } {
    if (isPlainObject(value)) return value as { [field: string]: Value | undefined };
    throw new BetterBaseError(
      'document/invalid',
      `ctx.db.${method} on \`${table.name}\` needs an object of fields and got ${Array.isArray(value) ? 'an array' : typeof value}.`,
    );
  }

  #fields(table: CatalogTable, value: unknown, method: string): { [field: string]: Value } {
    return copyFields(this.#plain(table, value, method));
  }

  #check(table: CatalogTable, fields: { readonly [field: string]: Value }, doing: string): void {
    const problem = checkValue(table.document, fields, table.name, { isIdOf: (id, name) => isIdOf(this.transaction.catalog, id, name) });
    if (problem === null) return;
    throw new BetterBaseError(
      'document/invalid',
      `${doing[0]?.toUpperCase()}${doing.slice(1)} \`${table.name}\`: \`${problem.path}\` should be ${problem.expected} and is ${problem.got}.`,
      {
        hint: 'Change the value, or the table in betterbase/schema.ts.',
        details: problem,
      },
    );
  }
}

/** Exact: times are whole multiples of 2^-10 ms, and mutations run one after the other, so a later one gets a larger number. */
function toNanoseconds(time: number): bigint {
  return (BigInt(time * 1_024) * 1_000_000n) / 1_024n;
}

/** A vector holds 32-bit floats; what it is given is rounded to them, so that what is read is what is stored. */
export function toFloat32(table: CatalogTable, fields: { [field: string]: Value }): { [field: string]: Value } {
  for (const field of table.vectorFields) {
    const vector = fields[field];
    if (Array.isArray(vector)) fields[field] = vector.map((each) => (typeof each === 'number' ? Math.fround(each) : each));
  }
  return fields;
}
