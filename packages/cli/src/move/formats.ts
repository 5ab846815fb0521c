import { extname } from 'node:path';
import { BetterBaseError } from '@betterbase/core';

export const formats = ['zip', 'jsonl', 'json', 'csv'] as const;
export type Format = (typeof formats)[number];

/** By the end of a file's name; null if that says nothing. */
export function formatOf(path: string): Format | null {
  const end = extname(path).slice(1).toLowerCase();
  return formats.find((format) => format === (end === 'ndjson' ? 'jsonl' : end)) ?? null;
}

/** @throws BetterBaseError `usage/bad-option` */
export function requireFormat(said: Format | undefined, path: string): Format {
  const format = said ?? formatOf(path);
  if (format !== null) return format;
  throw new BetterBaseError('usage/bad-option', `The name ${path} does not say what the file is.`, {
    hint: `Say it with --format ${formats.join('|')}.`,
  });
}
