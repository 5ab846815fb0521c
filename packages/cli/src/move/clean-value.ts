/**
 * Values as a Convex snapshot writes them, in JSON that people can read: an integer as its digits, bytes as base64, NaN as
 * "NaN". What was meant follows from the shape of the place, and where that leaves it open from a hint beside the document.
 */
import { BetterBaseError, isPlainObject, type Value } from '@betterbase/core';
import type { Shape } from './shape.ts';

/** What a string (or the strings in it) stands for. */
export type Hint =
  | 'infer'
  | 'int64'
  | 'float64inf'
  | 'bytes'
  | { readonly $float64NaN: string }
  | readonly Hint[]
  | { readonly [field: string]: Hint };

/** JSON text; `JSON.stringify` would lose the sign of zero. */
export function cleanText(value: Value): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value === 'number') return Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : JSON.stringify(value)) : `"${value}"`;
  if (value instanceof ArrayBuffer) return `"${Buffer.from(value).toString('base64')}"`;
  if (Array.isArray(value)) return `[${value.map(cleanText).join(',')}]`;
  const fields = fieldsIn(value).map(([name, field]) => `${JSON.stringify(name)}:${cleanText(field)}`);
  return `{${fields.join(',')}}`;
}

/** What a reader must be told beside the shape, to read the value as it was; `infer`: nothing. */
export function hintFor(value: Value, shapes: readonly Shape[]): Hint {
  const own = shapes.flatMap(membersOf);
  if (typeof value === 'bigint') return meaningOf(own) === 'int64' ? 'infer' : 'int64';
  if (value instanceof ArrayBuffer) return meaningOf(own) === 'bytes' ? 'infer' : 'bytes';
  if (typeof value === 'number') {
    if (Number.isNaN(value)) return { $float64NaN: 'AAAAAAAA+H8=' };
    return Number.isFinite(value) || meaningOf(own) === 'float64inf' ? 'infer' : 'float64inf';
  }
  if (Array.isArray(value)) {
    const hints = value.map((each) => hintFor(each, elementsOf(own)));
    return hints.every((hint) => hint === 'infer') ? 'infer' : hints;
  }
  if (value === null || typeof value !== 'object') return 'infer';
  const hints = fieldsIn(value)
    .map(([name, field]) => [name, hintFor(field, fieldsOf(own, name))] as const)
    .filter(([, hint]) => hint !== 'infer');
  return hints.length === 0 ? 'infer' : Object.fromEntries(hints);
}

/** @throws BetterBaseError `import/bad-file` when the JSON is not what shape and hint say. */
export function restoreValue(json: unknown, hint: Hint, shapes: readonly Shape[]): Value {
  const own = shapes.flatMap(membersOf);
  if (json === null || typeof json === 'boolean' || typeof json === 'number') return json;
  if (typeof json === 'string') return restoreString(json, hint === 'infer' ? meaningOf(own) : hint);
  if (Array.isArray(json)) {
    const elements = elementsOf(own);
    return json.map((each, position) => restoreValue(each, isList(hint) ? (hint[position] ?? 'infer') : 'infer', elements));
  }
  if (!isPlainObject(json)) throw unreadable(String(json));
  const restored = Object.entries(json).map(([name, field]) => {
    return [name, restoreValue(field, hintOf(hint, name), fieldsOf(own, name))] as const;
  });
  return Object.fromEntries(restored);
}

function restoreString(text: string, meaning: Hint): Value {
  if (meaning === 'infer') return text;
  if (meaning === 'int64') {
    if (/^-?\d+$/.test(text)) return BigInt(text);
    throw unreadable(text);
  }
  if (meaning === 'bytes') {
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) throw unreadable(text);
    return new Uint8Array(bytes).buffer;
  }
  if (meaning === 'float64inf') {
    if (text === 'Infinity' || text === '-Infinity') return Number(text);
    throw unreadable(text);
  }
  if (!isList(meaning) && '$float64NaN' in meaning && text === 'NaN') return Number.NaN;
  throw unreadable(text);
}

/** What a string in such a place stands for, if there is only one answer. */
function meaningOf(members: readonly Shape[]): 'infer' | 'int64' | 'float64inf' | 'bytes' {
  const meanings = new Set(
    members.flatMap(({ kind }): ('infer' | 'int64' | 'float64inf' | 'bytes' | 'nan')[] => {
      switch (kind) {
        case 'string':
          return ['infer'];
        case 'int64':
        case 'bytes':
          return [kind];
        case 'inf':
          return ['float64inf'];
        case 'float64':
          return ['nan', 'float64inf'];
        case 'unknown':
          return ['infer', 'int64'];
        case 'never':
        case 'other':
        case 'array':
        case 'object':
        case 'record':
        case 'union':
          return [];
        default:
          return kind satisfies never;
      }
    }),
  );
  const [only] = meanings;
  return meanings.size === 1 && only !== undefined && only !== 'nan' ? only : 'infer';
}

function membersOf(shape: Shape): readonly Shape[] {
  return shape.kind === 'union' ? shape.members.flatMap(membersOf) : [shape];
}

function elementsOf(shapes: readonly Shape[]): readonly Shape[] {
  return shapes.flatMap((shape) => (shape.kind === 'array' ? [shape.element] : shape.kind === 'unknown' ? [shape] : []));
}

function fieldsOf(shapes: readonly Shape[], name: string): readonly Shape[] {
  return shapes.flatMap((shape) => {
    if (shape.kind === 'record') return [shape.value];
    if (shape.kind === 'unknown') return [shape];
    const field = shape.kind === 'object' ? shape.fields.get(name) : undefined;
    return field === undefined ? [] : [field];
  });
}

function isList(hint: Hint): hint is readonly Hint[] {
  return Array.isArray(hint);
}

function hintOf(hint: Hint, name: string): Hint {
  if (typeof hint === 'string' || isList(hint)) return 'infer';
  return new Map<string, Hint>(Object.entries(hint)).get(name) ?? 'infer';
}

function fieldsIn(value: { readonly [field: string]: Value | undefined }): [string, Value][] {
  return Object.entries(value).flatMap(([name, field]): [string, Value][] => (field === undefined ? [] : [[name, field]]));
}

function unreadable(text: string): BetterBaseError {
  return new BetterBaseError('import/bad-file', `“${text.slice(0, 60)}” is not what the snapshot’s schema says it is.`, {
    hint: 'Export the snapshot anew.',
  });
}
