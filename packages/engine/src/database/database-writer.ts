import { BetterBaseError, checkValue, isPlainObject, type Value } from '@betterbase/core';
import { encodeDocumentId, newInternalId } from '../ids/document-id.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import { copyFields } from '../transaction/copy-value.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { DatabaseReader, isIdOf } from './database-reader.ts';
import { checkReferences, followDeletion } from './references.ts';
import { TableWriter } from './table-access.ts';

export interface WriterParts {
  readonly transaction: Transaction;
  readonly times: TimeSource;
  /** The call's frozen time, ms. */
  readonly now: number;
  readonly randomBytes: (length: number) => Uint8Array;
}

/** `ctx.db` of a mutation. Writes are buffered in the transaction; its own reads see them. */
export class DatabaseWriter extends DatabaseReader {
  readonly #parts: WriterParts;
  #commitTs: bigint | null = null;

  constructor(parts: WriterParts) {
    super(parts.transaction);
    this.#parts = parts;
  }

  /** The same, with the table said once. */
  override table(name: string): TableWriter {
    return new TableWriter(this, name);
  }

  /** What only the commit decides. */
  get vars(): { readonly commitTs: bigint } {
    const { times, now } = this.#parts;
    this.#commitTs ??= toNanoseconds(times.next(now));
    return { commitTs: this.#commitTs };
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
    const { times, now, randomBytes } = this.#parts;
    this.#check(table, fields, 'insert into');
    if (table.foreignKeys.length > 0) await checkReferences(this.transaction, table, null, fields);
    const time = times.next(now);
    const id = encodeDocumentId(table.number, newInternalId(time, randomBytes(10)));
    this.transaction.write(table, id, null, { ...toFloat32(table, fields), _id: id, _creationTime: time });
    return id;
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
    if (this.transaction.catalog.foreignKeysTo(table.name).length === 0) this.transaction.write(table, id, before, null);
    else await this.#deleteReferenced(table, before);
  }

  /** All that follows from it, or nothing. */
  async #deleteReferenced(table: CatalogTable, document: StoredDocument): Promise<void> {
    const checkpoint = this.transaction.checkpoint();
    try {
      await this.#remove(table, document);
    } catch (refused) {
      this.transaction.restore(checkpoint);
      throw refused;
    }
  }

  /** Goes before what names it does, so that documents that name each other go once. */
  async #remove(table: CatalogTable, document: StoredDocument): Promise<void> {
    if ((await this.transaction.get(table, document._id)) === null) return;
    this.transaction.write(table, document._id, document, null);
    await followDeletion(this.transaction, table, document._id, {
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
    throw new BetterBaseError('document/not-found', `ctx.db.${method}: there is no document \`${id}\` in \`${table.name}\`.`, {
      hint: 'It may have been deleted; look with ctx.db.get first.',
    });
  }

  async #change(table: CatalogTable, before: StoredDocument, fields: { [field: string]: Value }, doing: string): Promise<void> {
    if (table.foreignKeys.length > 0) await checkReferences(this.transaction, table, before, fields);
    this.#put(table, before, fields, doing);
  }

  #put(table: CatalogTable, before: StoredDocument, fields: { [field: string]: Value }, doing: string): void {
    const { _id, _creationTime, ...own } = fields;
    this.#check(table, own, doing);
    this.transaction.write(table, before._id, before, { ...toFloat32(table, own), _id: before._id, _creationTime: before._creationTime });
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
function toFloat32(table: CatalogTable, fields: { [field: string]: Value }): { [field: string]: Value } {
  for (const field of table.vectorFields) {
    const vector = fields[field];
    if (Array.isArray(vector)) fields[field] = vector.map((each) => (typeof each === 'number' ? Math.fround(each) : each));
  }
  return fields;
}
