/** Reads a Convex snapshot's ZIP: which tables it has, and their documents one after the other. */
import { openAsBlob } from 'node:fs';
import { BetterBaseError, encodeToJson } from '@betterbase/core';
import { BlobReader, type Entry, ZipReader } from '@zip.js/zip.js';
import { isRecord } from '../json/is-record.ts';
import { parseJson } from '../json/parse-json.ts';
import { type Hint, restoreValue } from './clean-value.ts';
import { parseShape, type Shape } from './shape.ts';
import { splitLines } from './split-lines.ts';

export interface SnapshotTable {
  readonly table: string;
  /** What its ids carry; null if the snapshot does not say. */
  readonly number: number | null;
  /** Uncompressed. */
  readonly bytes: number;
  /** Lines of encoded JSON; each is a line of `documents.jsonl`. */
  lines(): AsyncIterable<string>;
}

export interface Snapshot {
  readonly tables: readonly SnapshotTable[];
  /** What is in it and cannot be imported. */
  readonly left: readonly string[];
  close(): Promise<void>;
}

type FileEntry = Exclude<Entry, { directory: true }>;

/** @throws BetterBaseError `import/bad-file` */
export async function openSnapshot(path: string): Promise<Snapshot> {
  const zip = new ZipReader(new BlobReader(await openAsBlob(path)), { useWebWorkers: false });
  const files = await readDirectory(zip, path);
  const numbers = await readNumbers(files.get('_tables/documents.jsonl'));
  const tables: SnapshotTable[] = [];
  for (const [name, entry] of files) {
    const table = /^([^/]+)\/documents\.jsonl$/.exec(name)?.[1];
    if (table === undefined || table.startsWith('_')) continue;
    const schema = files.get(`${table}/generated_schema.jsonl`);
    tables.push({ table, number: numbers.get(table) ?? null, bytes: entry.uncompressedSize, lines: () => restoredLines(entry, schema) });
  }
  if (tables.length === 0) throw badSnapshot(path, 'It has no <table>/documents.jsonl.');
  return { tables, left: whatIsLeft(files), close: () => zip.close() };
}

async function readDirectory(zip: ZipReader<unknown>, path: string): Promise<ReadonlyMap<string, FileEntry>> {
  try {
    const entries = await zip.getEntries();
    return new Map(entries.flatMap((entry) => (entry.directory ? [] : [[entry.filename, entry]])));
  } catch (cause) {
    throw badSnapshot(path, cause instanceof Error ? cause.message : String(cause));
  }
}

async function readNumbers(entry: FileEntry | undefined): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>();
  if (entry === undefined) return numbers;
  for await (const line of splitLines(contents(entry))) {
    const row = parseJson(line);
    if (isRecord(row) && typeof row['name'] === 'string' && typeof row['id'] === 'number') numbers.set(row['name'], row['id']);
  }
  return numbers;
}

async function* restoredLines(entry: FileEntry, schema: FileEntry | undefined): AsyncGenerator<string> {
  const { shapes, hints } = schema === undefined ? { shapes: null, hints: new Map<string, Hint>() } : await readSchema(schema);
  for await (const line of splitLines(contents(entry))) {
    const json = shapes === null ? null : parseJson(line);
    // What is no document is for the server to refuse, with its line.
    if (shapes === null || !isRecord(json)) yield line;
    else yield encodeToJson(restoreValue(json, hints.get(String(json['_id'])) ?? 'infer', shapes));
  }
}

async function readSchema(entry: FileEntry): Promise<{ readonly shapes: readonly Shape[]; readonly hints: ReadonlyMap<string, Hint> }> {
  const shapes: Shape[] = [];
  const hints = new Map<string, Hint>();
  for await (const line of splitLines(contents(entry))) {
    const json = parseJson(line);
    if (typeof json === 'string') shapes.push(parseShape(json));
    else if (isRecord(json)) for (const [id, hint] of Object.entries(json)) hints.set(id, toHint(hint));
  }
  return { shapes, hints };
}

function toHint(json: unknown): Hint {
  if (json === 'int64' || json === 'float64inf' || json === 'bytes') return json;
  if (Array.isArray(json)) return json.map(toHint);
  if (!isRecord(json)) return 'infer';
  const { $float64NaN: nan } = json;
  if (typeof nan === 'string') return { $float64NaN: nan };
  return Object.fromEntries(Object.entries(json).map(([field, hint]) => [field, toHint(hint)]));
}

async function* contents(entry: FileEntry): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const done = entry.getData(writable);
  // A failure shows when the reader below meets it; unread, it must not end the process.
  done.catch(() => undefined);
  yield* readable;
  await done;
}

function whatIsLeft(files: ReadonlyMap<string, FileEntry>): string[] {
  const names = [...files.keys()];
  const stored = names.filter((name) => name.startsWith('_storage/') && name !== '_storage/documents.jsonl').length;
  const components = new Set(names.flatMap((name) => /^_components\/([^/]+)\//.exec(name)?.[1] ?? []));
  return [
    ...(stored === 0 ? [] : [`${stored} stored files (_storage)`]),
    ...[...components].map((name) => `the tables of component \`${name}\``),
  ];
}

function badSnapshot(path: string, reason: string): BetterBaseError {
  return new BetterBaseError('import/bad-file', `${path} is no snapshot: ${reason}`, {
    hint: 'A snapshot is the ZIP that `bb iac export` or `npx convex export` writes.',
  });
}
