/** What is wrong in an app's code, found while bundling it. */
import { readFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { BetterBaseError, type ErrorCode } from '@betterbase/core';
import type { Message } from 'esbuild';
import { codeFrame } from '../diagnostics/code-frame.ts';
import { entryNamespace } from './app-plugin.ts';

export interface BuildProblem {
  readonly text: string;
  /** Relative to the app's folder; null if the problem has no place. */
  readonly file: string | null;
  readonly line: number;
  /** From 1, as editors count. */
  readonly column: number;
  readonly frame: string;
}

/** Every problem with its frame; the message names the first one. */
export async function buildError(messages: readonly Message[], root: string): Promise<BetterBaseError> {
  const problems = await Promise.all(messages.map((message) => toProblem(message, root)));
  const [first] = problems;
  const place = first === undefined || first.file === null ? '' : ` (${first.file}:${first.line}:${first.column})`;
  const more = problems.length > 1 ? ` And ${problems.length - 1} more.` : '';
  const { code, hint } = classify(messages[0]);
  return new BetterBaseError(code, `${first?.text ?? 'The app does not build.'}${place}${more}`, { hint, details: { problems } });
}

function classify(message: Message | undefined): { readonly code: ErrorCode; readonly hint: string } {
  if (message !== undefined && missingConvexName(message.text) !== null) {
    return {
      code: 'bundle/unresolved-import',
      hint: 'What of Convex is there, and what is not yet, is listed in docs/migrating-from-convex.md.',
    };
  }
  const specifier = message === undefined ? null : unresolved(message);
  if (specifier === null) return { code: 'bundle/bad-code', hint: 'Fix the code and save. The last good version goes on serving.' };
  if (isNodeModule(specifier)) {
    return {
      code: 'bundle/node-import',
      hint: 'Use web standards (fetch, crypto.subtle, TextEncoder, streams), or a package made for browsers.',
    };
  }
  return { code: 'bundle/unresolved-import', hint: "Check the path, or install the package in the app's folder with npm." };
}

function missingConvexName(text: string): { readonly module: string; readonly name: string } | null {
  const { module, name } = /No matching export in "betterbase-convex:(?<module>.+)" for import "(?<name>.+)"/.exec(text)?.groups ?? {};
  return module === undefined || name === undefined ? null : { module, name };
}

function unresolved({ text }: Message): string | null {
  return /^Could not resolve "(.+)"$/.exec(text)?.[1] ?? null;
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

async function toProblem(message: Message, root: string): Promise<BuildProblem> {
  const { location } = message;
  const text = explain(message);
  if (location === null || location.namespace === entryNamespace) return { text, file: null, line: 0, column: 0, frame: '' };
  const { file, line, lineText, length } = location;
  const column = charactersIn(lineText, location.column);
  const source = line === 0 ? '' : await readFile(join(root, file), 'utf8').catch(() => '');
  return { text, file, line, column: column + 1, frame: source === '' ? '' : codeFrame(source, { line, column, length }) };
}

function explain(message: Message): string {
  const specifier = unresolved(message);
  if (specifier !== null && isNodeModule(specifier)) {
    const from = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(message.location?.file ?? '')?.[1];
    const importer = from === undefined ? '' : `, needed by the package "${from}",`;
    return `"${specifier}"${importer} is a module of Node that the platform does not have.`;
  }
  return explainEntry(message.text);
}

/** esbuild counts columns in bytes of UTF-8. */
function charactersIn(lineText: string, bytes: number): number {
  return Buffer.from(lineText).subarray(0, bytes).toString().length;
}

/** The generated entry imports two defaults; an author knows them by file. */
function explainEntry(text: string): string {
  const missing = missingConvexName(text);
  if (missing !== null) return `"${missing.module}" has no "${missing.name}" here.`;
  const file = /No matching export in "(.+)" for import "default"/.exec(text)?.[1];
  if (file === undefined) return text;
  const made = file.includes('schema') ? 'defineSchema({ … })' : 'httpRouter()';
  return `${file} has no default export. Write \`export default ${made}\` in it.`;
}
