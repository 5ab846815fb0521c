import { checkValue, decodeValue, formatProblem, isBetterBaseError, isPlainObject, type Value } from '@betterbase/core';
import { isIdOf } from '../database/database-reader.ts';
import { toFloat32 } from '../database/database-writer.ts';
import { decodeDocumentId } from '../ids/document-id.ts';
import type { CatalogTable, TableCatalog } from '../transaction/table-catalog.ts';

/** What a line says of a document. What it leaves open is null. */
export interface ReadLine {
  readonly id: string | null;
  readonly creationTime: number | null;
  readonly fields: { [field: string]: Value };
}

/** A line that is no document of the table. */
export class BadLine extends Error {}

/** Clocks differ a little. */
const mostAhead = 60_000;

/** @throws BadLine */
export function readLine(text: string, table: CatalogTable, catalog: TableCatalog, now: number): ReadLine {
  const { _id, _creationTime, ...fields } = toObject(decodeLine(text));
  const id = _id === undefined ? null : readId(_id, table);
  const creationTime = _creationTime === undefined ? null : readTime(_creationTime, now);
  const problem = checkValue(table.document, fields, table.name, { isIdOf: (each, name) => isIdOf(catalog, each, name) });
  if (problem !== null) throw new BadLine(formatProblem(problem));
  return { id, creationTime, fields: toFloat32(table, fields) };
}

function decodeLine(text: string): Value {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new BadLine(`this is no JSON: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  try {
    return decodeValue(json, 'document');
  } catch (cause) {
    if (isBetterBaseError(cause)) throw new BadLine(cause.message);
    throw cause;
  }
}

function toObject(value: Value): { [field: string]: Value } {
  if (isFields(value)) return value;
  throw new BadLine(`a document is an object of fields, and this is ${Array.isArray(value) ? 'an array' : typeof value}`);
}

function isFields(value: Value): value is { [field: string]: Value } {
  return isPlainObject(value);
}

function readId(id: Value, table: CatalogTable): string {
  const decoded = typeof id === 'string' ? decodeDocumentId(id) : null;
  if (decoded === null || typeof id !== 'string') throw new BadLine(`\`_id\` is no id: ${JSON.stringify(id)}`);
  if (decoded.tableNumber === table.number) return id;
  throw new BadLine(
    `\`_id\` carries the number ${decoded.tableNumber}, and the ids of \`${table.name}\` carry ${table.number}: say which number the ids of each table carry, or leave out \`_id\``,
  );
}

/** Times are kept in 4096ths of a millisecond, which is all that a number of today's size can say. */
function readTime(time: Value, now: number): number {
  if (typeof time !== 'number' || !(time >= 0)) throw new BadLine('`_creationTime` is no time in milliseconds since 1970');
  if (time > now + mostAhead) throw new BadLine('`_creationTime` lies in the future');
  return Math.round(time * 4096) / 4096;
}
