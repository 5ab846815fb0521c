/** Foreign keys: what they name is there, and what happens when it goes. */
import { BetterBaseError, type Value } from '@betterbase/core';
import type { StoredDocument } from '../ports/document-store.ts';
import type { ForeignKey } from '../transaction/foreign-keys.ts';
import { byCreationTime } from '../transaction/index-key.ts';
import type { CatalogTable } from '../transaction/table-catalog.ts';
import type { Transaction } from '../transaction/transaction.ts';

/** @throws BetterBaseError `document/missing-reference` when a foreign key names, anew, a document that is not there */
export async function checkReferences(
  transaction: Transaction,
  table: CatalogTable,
  before: StoredDocument | null,
  fields: { readonly [field: string]: Value },
): Promise<void> {
  for (const { field, target } of table.foreignKeys) {
    const id = fields[field];
    if (typeof id !== 'string' || id === before?.[field]) continue;
    if ((await transaction.get(transaction.catalog.get(target), id)) !== null) continue;
    throw new BetterBaseError(
      'document/missing-reference',
      `\`${field}\` of \`${table.name}\` names \`${id}\`, and there is no such document in \`${target}\`.`,
      {
        hint: 'Insert that document first, or leave the field out.',
        details: { table: table.name, field, target, id },
      },
    );
  }
}

/** Carries out what the foreign keys to a deleted document ask for, through `remove` and `put`. */
export interface ReferenceWriter {
  remove(table: CatalogTable, document: StoredDocument): Promise<void>;
  put(table: CatalogTable, before: StoredDocument, fields: { [field: string]: Value }): void;
}

/** @throws BetterBaseError `document/referenced` when a key restricts the deletion */
export async function followDeletion(transaction: Transaction, table: CatalogTable, id: string, writer: ReferenceWriter): Promise<void> {
  for (const key of transaction.catalog.foreignKeysTo(table.name)) {
    const own = transaction.catalog.get(key.table);
    for (const document of await documentsNaming(transaction, own, key, id)) {
      if (key.onDelete === 'restrict') throw referenced(table, id, key, document);
      if (key.onDelete === 'cascade') await writer.remove(own, document);
      else writer.put(own, document, without(document, key));
    }
  }
}

/** By an index that begins with the field, or by reading the table. */
async function documentsNaming(
  transaction: Transaction,
  table: CatalogTable,
  { field }: ForeignKey,
  id: string,
): Promise<StoredDocument[]> {
  const [index] = [...table.indexes].find(([, [first]]) => first === field) ?? [byCreationTime];
  const end = { prefix: index === byCreationTime ? [] : [id], inclusive: true };
  const documents = await transaction.scan(table, { index, lower: end, upper: end, order: 'asc' }).take(Number.MAX_SAFE_INTEGER);
  return documents.filter((document) => document[field] === id);
}

function without(document: StoredDocument, { field, isNullable }: ForeignKey): { [field: string]: Value } {
  const fields: { [field: string]: Value } = { ...document };
  if (isNullable) fields[field] = null;
  else delete fields[field];
  return fields;
}

function referenced(table: CatalogTable, id: string, key: ForeignKey, by: StoredDocument): BetterBaseError {
  return new BetterBaseError(
    'document/referenced',
    `\`${id}\` of \`${table.name}\` cannot be deleted: \`${key.field}\` of \`${by._id}\` in \`${key.table}\` names it.`,
    {
      hint: `Delete or change the documents of \`${key.table}\` first, or let onDelete be 'cascade' or 'setNull'.`,
      details: { table: table.name, id, by: { table: key.table, field: key.field, id: by._id } },
    },
  );
}
