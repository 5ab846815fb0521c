import { indexKey, type NormalizedTable, fieldAt, notUnique, type StoredDocument } from '@betterbase/engine';

/** @throws BetterBaseError `document/not-unique` */
export function checkUnique(table: NormalizedTable, documents: Iterable<StoredDocument>): void {
  const all = [...documents];
  for (const index of table.indexes) {
    if (index.kind !== 'index' || !index.unique) continue;
    const seen = new Map<string, StoredDocument>();
    for (const document of all) {
      const key = indexKey(document, index.fields);
      const other = seen.get(key);
      seen.set(key, document);
      if (other === undefined) continue;
      const values = index.fields.map((field) => fieldAt(document, field));
      throw notUnique({ table: table.name, index: index.name, fields: index.fields, values, ids: [other._id, document._id] }, undefined);
    }
  }
}
