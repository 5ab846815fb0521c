/** The documents of a table as the text of a file. */
import { decodeFromJson, isPlainObject, type ValidatorJson, type Value } from '@betterbase/core';
import { csvColumns, freeFields, toCell } from './csv-cells.ts';
import { csvLine } from './csv.ts';
import type { Format } from './formats.ts';

export interface ExportedTable {
  readonly table: string;
  readonly document: ValidatorJson;
}

/** @param documents lines of encoded JSON */
export function tableText(format: Exclude<Format, 'zip'>, table: ExportedTable, documents: AsyncIterable<string>): AsyncIterable<string> {
  switch (format) {
    case 'jsonl':
      return jsonLines(documents);
    case 'json':
      return jsonArray(documents);
    case 'csv':
      return csvRecords(table, documents);
    default:
      return format satisfies never;
  }
}

async function* jsonLines(documents: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const document of documents) yield `${document}\n`;
}

async function* jsonArray(documents: AsyncIterable<string>): AsyncGenerator<string> {
  let before = '[\n';
  for await (const document of documents) {
    yield before + document;
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

async function* csvRecords({ table, document: schema }: ExportedTable, documents: AsyncIterable<string>): AsyncGenerator<string> {
  const columns = csvColumns(table, schema);
  const free = freeFields(schema);
  yield csvLine(columns.map((text) => ({ text, isQuoted: false })));
  for await (const line of documents) {
    const document = decodeDocument(line);
    yield csvLine(columns.map((name) => toCell(document[name], free.has(name))));
  }
}

export function decodeDocument(line: string): { readonly [field: string]: Value | undefined } {
  const document = decodeFromJson(line);
  return isFields(document) ? document : {};
}

function isFields(value: Value): value is { [field: string]: Value } {
  return isPlainObject(value);
}
