import { isAppError } from './app-error.ts';
import { isBetterBaseError } from './betterbase-error.ts';
import { IaCError } from './iac-errors.ts';

/** An error for people to read in a terminal: what happened, what to do, where to read on. */
export function formatError(error: unknown): string {
  if (isBetterBaseError(error)) return lines(`${error.code}: ${error.message}`, error.hint);
  if (error instanceof IaCError) return lines(`${error.code}: ${error.message}`, error.suggestion, error.docsUrl);
  if (isAppError(error)) return `App error: ${error.message}`;
  if (error instanceof Error)
    return lines(`${error.name}: ${error.message}`, error.cause === undefined ? undefined : `Cause: ${formatError(error.cause)}`);
  return `Thrown: ${String(error)}`;
}

function lines(first: string, ...more: readonly (string | undefined)[]): string {
  return [first, ...more.filter((line) => line !== undefined).map((line) => `  ${line}`)].join('\n');
}
