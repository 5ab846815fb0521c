/**
 * What a build was made of, so that the next one can tell that nothing changed.
 *
 * Holds: the stamp (time and size) of every file that went in, and the options.
 * Does not see: a new file that would now win an import's resolution. `npm run build` after such a change rebuilds.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isRecord } from '../json/is-record.ts';
import type { ArtefactSize } from './artefact-size.ts';
import { checkoutRoot } from './checkout.ts';
import { writeAtomically } from './write-atomically.ts';

export interface BuildRecord {
  readonly options: string;
  readonly stamps: Readonly<Record<string, string>>;
  readonly sizes: readonly ArtefactSize[];
}

/** The record of a build whose inputs are all as they were, or null. */
export async function readFreshRecord(path: string, options: string): Promise<BuildRecord | null> {
  const record = parseRecord(await readFile(path, 'utf8').catch(() => ''));
  if (record === null || record.options !== options) return null;
  const stamps = await stampAll(Object.keys(record.stamps));
  const same = Object.entries(record.stamps).every(([file, stamp]) => stamps[file] === stamp);
  return same ? record : null;
}

export async function writeRecord(path: string, record: BuildRecord): Promise<void> {
  await writeAtomically(path, JSON.stringify(record));
}

/** Paths are relative to the checkout. */
export async function stampAll(files: Iterable<string>): Promise<Record<string, string>> {
  const stamps = await Promise.all([...files].map(async (file): Promise<[string, string]> => [file, await stamp(file)]));
  return Object.fromEntries(stamps);
}

async function stamp(file: string): Promise<string> {
  const found = await stat(join(checkoutRoot, file)).catch(() => null);
  return found === null ? 'missing' : `${found.mtimeMs}:${found.size}`;
}

function parseRecord(text: string): BuildRecord | null {
  if (text === '') return null;
  const record: unknown = JSON.parse(text);
  if (!isRecord(record) || typeof record['options'] !== 'string' || !isRecord(record['stamps'])) return null;
  if (!Array.isArray(record['sizes'])) return null;
  return { options: record['options'], stamps: stringsOf(record['stamps']), sizes: record['sizes'] };
}

function stringsOf(entries: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, String(value)]));
}
