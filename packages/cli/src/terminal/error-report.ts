/** How a failure looks: its code, what happened, the place in the code if there is one, and what to do next. */
import { isBetterBaseError } from '@betterbase/core';
import { isRecord } from '../json/is-record.ts';
import type { Colors, Terminal } from './terminal.ts';

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly details?: unknown;
  readonly data?: unknown;
  readonly requestId?: string;
  readonly stack?: string;
}

export function toFailure(error: unknown): Failure {
  if (isBetterBaseError(error)) {
    const { code, message, hint, details } = error;
    return { code, message, ...(hint === undefined ? {} : { hint }), ...(details === undefined ? {} : { details }) };
  }
  const bug = error instanceof Error ? error : new Error(String(error));
  return {
    code: 'internal/unexpected',
    message: bug.message,
    hint: 'This is a bug in bb. Please report it with the lines above.',
    ...(bug.stack === undefined ? {} : { stack: bug.stack }),
  };
}

/** For people on the error stream; for scripts as one line of JSON where they read results. */
export function printFailure(failure: Failure, terminal: Terminal, asJson: boolean): void {
  if (asJson) terminal.line(JSON.stringify({ error: failure }));
  else terminal.problem(formatFailure(failure, terminal.colors));
}

export function formatFailure(failure: Failure, colors: Colors): string {
  const parts = [`${colors.red('✖')} ${colors.bold(failure.code)}  ${failure.message}`];
  for (const frame of framesIn(failure.details)) parts.push(indent(frame));
  if (failure.data !== undefined) parts.push(indent(JSON.stringify(failure.data)));
  if (failure.stack !== undefined) parts.push(colors.dim(indent(failure.stack)));
  if (failure.hint !== undefined) parts.push(indent(failure.hint));
  return parts.join('\n\n');
}

function framesIn(details: unknown): readonly string[] {
  if (!isRecord(details) || !Array.isArray(details['problems'])) return [];
  return details['problems'].flatMap((problem: unknown) => {
    if (!isRecord(problem)) return [];
    const { text, file, line, column, frame } = problem;
    if (typeof frame === 'string' && frame !== '') return [`${String(file)}:${String(line)}:${String(column)}  ${String(text)}\n${frame}`];
    return typeof text === 'string' ? [text] : [];
  });
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `  ${line}`))
    .join('\n');
}
