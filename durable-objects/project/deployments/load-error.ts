import { isBetterBaseError } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import { toWireError } from '../wire-errors.ts';

/** Where in the bundle, counted from 1. */
export interface BundlePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Why a bundle does not load, from what the platform throws at the first call into it: a syntax error, an import that does
 * not resolve, or what the app's top-level code threw.
 */
export function toLoadError(failure: unknown): WireError {
  const text = failure instanceof Error ? failure.message : String(failure);
  const missing = /No such module "([^"]+)"/.exec(text);
  if (missing?.[1] !== undefined) {
    return doesNotLoad(
      `The app imports ${JSON.stringify(missing[1])}, which is not there.`,
      text,
      'Install it, or correct the import; `bb deploy` bundles everything but the platform’s own runtime.',
    );
  }
  const thrown = /(?:Failed to start Worker:\s*)?Uncaught (?:\(in promise\) )?([^\n]+)/.exec(text);
  const message = thrown?.[1] ?? firstLine(text);
  return doesNotLoad(
    `The app does not load: ${message}`,
    text,
    message.startsWith('SyntaxError')
      ? 'Correct the syntax and deploy again.'
      : 'Correct what runs when the module is loaded, and deploy again.',
  );
}

/** Why a deployment that could be described did not take over. */
export function toSwitchError(failure: unknown): WireError {
  if (isBetterBaseError(failure) && failure.code.startsWith('provider/')) return toWireError(failure);
  const text = failure instanceof Error ? failure.message : String(failure);
  if (/Failed to start Worker|No such module|Incorrect type for map entry/.test(text)) return toLoadError(failure);
  return {
    code: 'deployment/interrupted',
    message: `The deployment did not take over: ${firstLine(text)}`,
    hint: 'The one before it goes on. Deploy again.',
  };
}

function doesNotLoad(message: string, original: string, hint: string): WireError {
  const position = findPosition(original);
  return { code: 'deployment/does-not-load', message, hint, details: { original, ...(position === null ? {} : { position }) } };
}

function findPosition(text: string): BundlePosition | null {
  const found = /\bat (?:.*\()?([^\s()]+\.js):(\d+)(?::(\d+))?/.exec(text);
  if (found?.[1] === undefined) return null;
  return { file: found[1], line: Number(found[2]), column: Number(found[3] ?? 1) };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
