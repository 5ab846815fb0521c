import { BetterBaseError, checkValue, validatorFromJson, type ValueProblem } from '@betterbase/core';
import { decodeDocumentId } from '../ids/document-id.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { NormalizedSchema, NormalizedTable } from './schema-layout.ts';

/** The documents of a table, one after the other, until the visitor returns false. */
export interface DocumentSource {
  readonly name: string;
  each(visit: (document: StoredDocument) => boolean): void;
}

/** A document that the new schema does not allow. */
export interface Offender extends ValueProblem {
  readonly table: string;
  readonly id: string;
}

/** How many offenders are named. */
const mostOffenders = 5;

/**
 * Checks the documents of some tables, as they are, against a schema.
 *
 * @throws BetterBaseError `schema/documents-break-it`
 */
export function checkDocuments(tables: readonly DocumentSource[], schema: NormalizedSchema): void {
  const numbers = new Map(schema.tables.filter((table) => table.active).map((table) => [table.name, table.number]));
  const isIdOf = (id: string, table: string): boolean => {
    const decoded = decodeDocumentId(id);
    return decoded !== null && decoded.tableNumber === numbers.get(table);
  };
  const offenders = tables.flatMap((table) => {
    const next = schema.tables.find(({ name }) => name === table.name);
    return next === undefined ? [] : offendersOf(table, next, isIdOf);
  });
  if (offenders.length > 0) throw documentsBreakIt(offenders.slice(0, mostOffenders));
}

function offendersOf(table: DocumentSource, next: NormalizedTable, isIdOf: (id: string, table: string) => boolean): Offender[] {
  const validator = validatorFromJson(next.document);
  const offenders: Offender[] = [];
  table.each(({ _id, _creationTime, ...fields }) => {
    const problem = checkValue(validator, fields, table.name, { isIdOf });
    if (problem !== null) offenders.push({ table: table.name, id: _id, ...problem });
    return offenders.length < mostOffenders;
  });
  return offenders;
}

function documentsBreakIt(offenders: readonly Offender[]): BetterBaseError {
  const [first] = offenders;
  const said = first === undefined ? '' : `\`${first.id}\` has ${first.path}: expected ${first.expected}, got ${first.got}`;
  return new BetterBaseError('schema/documents-break-it', `Documents stand in the way of the new schema: ${said}.`, {
    hint: 'Allow the old values too (v.optional, v.union), deploy, change the documents with a mutation, and deploy the strict schema then.',
    details: { offenders },
  });
}
