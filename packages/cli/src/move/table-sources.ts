/** The documents that a file, or a folder of files, has for tables. */
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { BetterBaseError, type ValidatorJson } from '@betterbase/core';
import { decodeDocumentId } from '@betterbase/engine';
import { isRecord } from '../json/is-record.ts';
import { parseJson } from '../json/parse-json.ts';
import { documentOf } from './csv-cells.ts';
import { readCsv } from './csv.ts';
import { type Format, formatOf, requireFormat } from './formats.ts';
import { jsonElements } from './json-elements.ts';
import { openSnapshot } from './snapshot-reader.ts';
import { splitLines } from './split-lines.ts';

export interface TableSource {
  readonly table: string;
  /** What the ids carry; null if there are none. */
  readonly number: number | null;
  /** Lines of encoded JSON, each where it is in the file, so that their numbers mean something. */
  lines(schema: ValidatorJson): AsyncIterable<string>;
}

export interface Sources {
  readonly tables: readonly TableSource[];
  readonly left: readonly string[];
  close(): Promise<void>;
}

export interface SourceOptions {
  readonly table?: readonly string[];
  readonly format?: Format;
}

/** @throws BetterBaseError `usage/bad-option`, `import/bad-file` */
export async function openSources(path: string, options: SourceOptions): Promise<Sources> {
  const { table: wanted = [] } = options;
  if (path === '-') return only(await fileSource('-', oneTable(wanted, path), options.format ?? 'jsonl'));
  const found = await stat(path).catch(() => null);
  if (found === null) throw new BetterBaseError('usage/bad-option', `There is no file ${path}.`);
  if (found.isDirectory()) return await openFolder(path, wanted);
  const format = requireFormat(options.format, path);
  if (format !== 'zip')
    return only(await fileSource(path, wanted.length === 0 ? basename(path, extname(path)) : oneTable(wanted, path), format));
  const snapshot = await openSnapshot(path);
  const tables = snapshot.tables.filter(({ table }) => wanted.length === 0 || wanted.includes(table));
  assertAll(wanted, tables, path);
  return { ...snapshot, tables };
}

async function openFolder(path: string, wanted: readonly string[]): Promise<Sources> {
  const files = (await readdir(path)).filter((name) => formatOf(name) !== null && formatOf(name) !== 'zip').sort();
  const named = files.map((name) => ({ name, table: basename(name, extname(name)) }));
  const chosen = named.filter(({ table }) => wanted.length === 0 || wanted.includes(table));
  assertAll(wanted, chosen, path);
  if (chosen.length === 0) throw new BetterBaseError('usage/bad-option', `There is nothing to import in ${path}.`);
  const tables = await Promise.all(chosen.map(({ name, table }) => fileSource(join(path, name), table, requireFormat(undefined, name))));
  return { tables, left: [], close: async () => undefined };
}

async function fileSource(path: string, table: string, format: Format): Promise<TableSource> {
  if (format === 'zip') throw new BetterBaseError('usage/bad-option', 'A ZIP is read from a file, by its name.');
  const lines = (schema: ValidatorJson): AsyncIterable<string> =>
    linesOf(format, path === '-' ? process.stdin : createReadStream(path), schema);
  // What is read from a pipe can be read only once.
  return { table, lines, number: path === '-' ? null : await numberIn(lines({ type: 'any' })) };
}

function linesOf(format: Exclude<Format, 'zip'>, stream: AsyncIterable<Uint8Array>, schema: ValidatorJson): AsyncIterable<string> {
  switch (format) {
    case 'jsonl':
      return splitLines(stream);
    case 'json':
      return jsonElements(stream);
    case 'csv':
      return csvLines(stream, schema);
    default:
      return format satisfies never;
  }
}

/** Empty lines stand for the header and for what a record has beyond its first line. */
async function* csvLines(stream: AsyncIterable<Uint8Array>, schema: ValidatorJson): AsyncGenerator<string> {
  let columns: readonly string[] | null = null;
  let next = 1;
  for await (const { cells, line } of readCsv(stream)) {
    for (; next < line; next++) yield '';
    if (columns === null) columns = cells.map(({ text }) => text);
    else {
      yield JSON.stringify(documentOf(columns, cells, schema));
      next++;
    }
  }
}

async function numberIn(lines: AsyncIterable<string>): Promise<number | null> {
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const document = parseJson(line);
    const id = isRecord(document) ? document['_id'] : undefined;
    return typeof id === 'string' ? (decodeDocumentId(id)?.tableNumber ?? null) : null;
  }
  return null;
}

function only(source: TableSource): Sources {
  return { tables: [source], left: [], close: async () => undefined };
}

function oneTable(wanted: readonly string[], path: string): string {
  const [table] = wanted;
  if (table !== undefined && wanted.length === 1) return table;
  throw new BetterBaseError('usage/bad-option', `${path === '-' ? 'What is piped in' : path} goes into one table.`, {
    hint: 'Name it with --table.',
  });
}

function assertAll(wanted: readonly string[], found: readonly { readonly table: string }[], path: string): void {
  const missing = wanted.find((table) => !found.some((each) => each.table === table));
  if (missing !== undefined) throw new BetterBaseError('usage/bad-option', `${path} has no table ${missing}.`);
}
