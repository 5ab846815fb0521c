/** Values and truth as SQL has them: null is neither true nor false, and goes through whatever is asked of it. */
import { compareStrings, type Value } from '@betterbase/core';

/** True, false, or not known. */
export type Truth = boolean | null;

/** What a document's field or a literal is in a condition. Objects and arrays can only be looked into. */
export type SqlValue = Value;

/** A missing field is null, and so is NaN, which is no number. */
export function toSqlValue(value: Value | undefined): SqlValue {
  return value === undefined || (typeof value === 'number' && Number.isNaN(value)) ? null : value;
}

/** A value that stands where a condition is expected: numbers are true unless zero, and what is no boolean or number is not known. */
export function toTruth(value: SqlValue): Truth {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'bigint' ? value !== 0n : null;
}

export function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

/**
 * Which comes first, or null where that is not known. Numbers of both kinds and booleans (1 and 0) compare by what they
 * count, texts by code points, bytes by bytes. Of different kinds, numbers come before texts and texts before bytes.
 */
export function compareSql(left: SqlValue, right: SqlValue): number | null {
  const [a, b] = [toComparable(left), toComparable(right)];
  if (a === null || b === null) return null;
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return compareBytes(new Uint8Array(a), new Uint8Array(b));
  if (kindOf(a) !== kindOf(b)) return kindOf(a) - kindOf(b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function toComparable(value: SqlValue): string | number | bigint | ArrayBuffer | null {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'object') return value instanceof ArrayBuffer ? value : null;
  return value;
}

function kindOf(value: string | number | bigint | ArrayBuffer): number {
  if (typeof value === 'string') return 1;
  return value instanceof ArrayBuffer ? 2 : 0;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < left.length && at < right.length; at++) {
    const order = (left[at] ?? 0) - (right[at] ?? 0);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/** What an object or array has under a key; null where there is nothing, or nothing to look into. */
export function memberOf(value: SqlValue, key: string | number): SqlValue {
  if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer) return null;
  if (Array.isArray(value)) return typeof key === 'number' ? toSqlValue(value.at(key)) : null;
  return Object.hasOwn(value, key) && typeof key === 'string' ? toSqlValue((value as { readonly [field: string]: Value })[key]) : null;
}

/** `%` is any text, `_` any character, and a backslash takes the next character as it is. Takes time for text × pattern at most. */
export function isLike(text: SqlValue, pattern: SqlValue, ignoresCase: boolean): Truth {
  if (typeof text !== 'string' || typeof pattern !== 'string') return null;
  return matches(Array.from(fold(text, ignoresCase)), toSteps(fold(pattern, ignoresCase)));
}

interface Step {
  readonly is: 'any' | 'one' | 'character';
  readonly character: string | null;
}

function toSteps(pattern: string): Step[] {
  const steps: Step[] = [];
  let isEscaped = false;
  for (const character of pattern) {
    if (!isEscaped && character === '\\') isEscaped = true;
    else {
      if (isEscaped || (character !== '%' && character !== '_')) steps.push({ is: 'character', character });
      else steps.push({ is: character === '%' ? 'any' : 'one', character: null });
      isEscaped = false;
    }
  }
  // A backslash with nothing behind it matches nothing.
  if (isEscaped) steps.push({ is: 'character', character: '' });
  return steps;
}

function matches(text: readonly string[], steps: readonly Step[]): boolean {
  let [at, step] = [0, 0];
  let retry: { step: number; at: number } | null = null;
  while (at < text.length) {
    const wanted = steps[step];
    if (wanted?.is === 'any') {
      retry = { step: step + 1, at };
      step++;
    } else if (wanted !== undefined && (wanted.is === 'one' || wanted.character === text[at])) {
      at++;
      step++;
    } else if (retry === null) return false;
    else {
      retry.at++;
      ({ step, at } = retry);
    }
  }
  while (steps[step]?.is === 'any') step++;
  return step === steps.length;
}

/** Letters of ASCII only, as SQLite does it. */
function fold(text: string, ignoresCase: boolean): string {
  return ignoresCase ? text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase()) : text;
}
