/**
 * Node's modules exist where actions and HTTP routes run, not where queries and mutations run.
 *
 * All of an app is one bundle, so the import graph decides: a file may import `node:…` if everything that leads to it is
 * an action module (`actions/…`, `http`, or a file that starts with `"use node"`).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import type { Metafile } from 'esbuild';
import { codeFrame } from '../diagnostics/code-frame.ts';
import type { BuildProblem } from './build-problem.ts';
import { entryNamespace } from './app-plugin.ts';

/** @throws BetterBaseError `bundle/node-import` */
export async function refuseNodeImports(metafile: Metafile, root: string): Promise<void> {
  const importers = importersOf(metafile);
  for (const [file, input] of Object.entries(metafile.inputs)) {
    const found = input.imports.find((entry) => entry.external === true && /^(?:node|cloudflare):/.test(entry.path));
    if (found === undefined) continue;
    const culprit = await firstOutsideActions(file, importers, root);
    if (culprit !== null) throw await nodeImportError({ file, specifier: found.original ?? found.path, culprit, root });
  }
}

type Importers = ReadonlyMap<string, readonly string[]>;

function importersOf(metafile: Metafile): Importers {
  const importers = new Map<string, string[]>();
  for (const [file, input] of Object.entries(metafile.inputs)) {
    if (file.startsWith(`${entryNamespace}:`)) continue;
    for (const { path } of input.imports) importers.set(path, [...(importers.get(path) ?? []), file]);
  }
  return importers;
}

/** Walks up from a file to the modules that nobody imports; returns one that is no action module, or null. */
async function firstOutsideActions(start: string, importers: Importers, root: string): Promise<string | null> {
  const seen = new Set([start]);
  for (const file of seen) {
    if (await isActionModule(file, root)) continue;
    const above = importers.get(file) ?? [];
    if (above.length === 0 || /^betterbase\/(?:queries|mutations)\//.test(file)) return file;
    for (const importer of above) seen.add(importer);
  }
  return null;
}

async function isActionModule(file: string, root: string): Promise<boolean> {
  if (/^betterbase\/(?:actions\/|http\.)/.test(file)) return true;
  const text = await readFile(join(root, file), 'utf8').catch(() => '');
  return /^(?:\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)*["']use node["']/.test(text);
}

interface Found {
  readonly file: string;
  readonly specifier: string;
  readonly culprit: string;
  readonly root: string;
}

async function nodeImportError({ file, specifier, culprit, root }: Found): Promise<BetterBaseError> {
  const source = await readFile(join(root, file), 'utf8').catch(() => '');
  const lines = source.split('\n');
  const index = lines.findIndex((line) => line.includes(`'${specifier}'`) || line.includes(`"${specifier}"`));
  const column = Math.max(0, lines[index]?.indexOf(specifier) ?? 0);
  const frame = index < 0 ? '' : codeFrame(source, { line: index + 1, column, length: specifier.length });
  const through = file === culprit ? '' : `, which ${culprit} uses`;
  const text = `"${specifier}" is imported by ${file}${through}, and queries and mutations run without it.`;
  const problem: BuildProblem = { text, file, line: index + 1, column: column + 1, frame };
  return new BetterBaseError('bundle/node-import', text, {
    hint: 'Move what needs it into an action: a file in betterbase/actions, or one that starts with "use node".',
    details: { problems: [problem] },
  });
}
