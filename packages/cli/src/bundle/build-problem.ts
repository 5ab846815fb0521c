/** What is wrong in an app's code, found while bundling it. */
import { readFile } from 'node:fs/promises';
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
  const { code, hint } = classify(messages[0]?.text ?? '');
  const place = first === undefined || first.file === null ? '' : ` (${first.file}:${first.line}:${first.column})`;
  const more = problems.length > 1 ? ` And ${problems.length - 1} more.` : '';
  return new BetterBaseError(code, `${first?.text ?? 'The app does not build.'}${place}${more}`, { hint, details: { problems } });
}

function classify(text: string): { code: ErrorCode; hint: string } {
  if (/^Could not resolve/.test(text)) {
    return { code: 'bundle/unresolved-import', hint: 'Check the path, or install the package in the app\'s folder with npm.' };
  }
  return { code: 'bundle/bad-code', hint: 'Fix the code and save. The last good version goes on serving.' };
}

async function toProblem(message: Message, root: string): Promise<BuildProblem> {
  const { location } = message;
  if (location === null || location.namespace === entryNamespace || location.file.startsWith(`${entryNamespace}:`)) {
    return { text: explainEntry(message.text), file: null, line: 0, column: 0, frame: '' };
  }
  const { file, line, column, length } = location;
  const source = await readFile(join(root, file), 'utf8').catch(() => '');
  const frame = line === 0 || source === '' ? '' : codeFrame(source, { line, column: charactersIn(location.lineText, column), length });
  return { text: message.text, file, line, column: column + 1, frame };
}

/** esbuild counts columns in bytes of UTF-8. */
function charactersIn(lineText: string, bytes: number): number {
  return Buffer.from(lineText).subarray(0, bytes).toString().length;
}

/** The generated entry imports two defaults; an author knows them by file. */
function explainEntry(text: string): string {
  const file = /No matching export in "(.+)" for import "default"/.exec(text)?.[1];
  if (file === undefined) return text;
  const made = file.includes('schema') ? 'defineSchema({ … })' : 'httpRouter()';
  return `${file} has no default export. Write \`export default ${made}\` in it.`;
}
