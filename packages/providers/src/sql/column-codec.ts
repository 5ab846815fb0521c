import { decodeFromJson, encodeToJson, type Value } from '@betterbase/core';
import type { ColumnKind, ColumnLayout } from '@betterbase/engine';
import { escapeText, unescapeText } from './narrow-text.ts';
import type { SqlValue } from './sql-value.ts';

/** What the column says of a value. `isWhole` is false when the value is to be read from `_extra` instead. */
export interface Cell {
  readonly sql: SqlValue;
  readonly isWhole: boolean;
}

const missing: Cell = { sql: null, isWhole: true };
const unsaid: Cell = { sql: null, isWhole: false };
const nearZero: Cell = { sql: 0, isWhole: false };

/** The column's decoding of what is not NULL, or null where SQL's value is the value. */
export function cellDecoder(kind: ColumnKind, isNarrow: boolean): ((sql: SqlValue) => Value) | null {
  switch (kind) {
    case 'text':
      return isNarrow ? (sql) => unescapeText(String(sql)) : null;
    case 'real':
    case 'bytes':
      return null;
    case 'boolean':
      return (sql) => sql !== 0;
    case 'int64':
      return (sql) => BigInt(Number(sql));
    case 'vector':
      return (sql) => (sql instanceof ArrayBuffer ? Array.from(new Float32Array(sql)) : []);
    case 'json':
      return (sql) => decodeFromJson(String(sql));
    default:
      return kind satisfies never;
  }
}

/** @param isNarrow as the dialect has it */
export function encodeCell(column: ColumnLayout, value: Value | undefined, isNarrow: boolean): Cell {
  if (value === undefined) return missing;
  if (column.kind === 'json') return whole(encodeToJson(value));
  if (value === null) return column.nullMeans === 'null' ? missing : unsaid;
  switch (typeof value) {
    case 'string':
      return whole(isNarrow ? escapeText(value) : value);
    case 'number':
      if (value === 0 && Object.is(value, -0)) return nearZero;
      return Number.isFinite(value) || (!isNarrow && !Number.isNaN(value)) ? whole(value) : unsaid;
    case 'boolean':
      return whole(value ? 1 : 0);
    case 'bigint': {
      const number = Number(value);
      return Number.isSafeInteger(number) ? whole(number) : unsaid;
    }
    default:
      if (value instanceof ArrayBuffer) return whole(value);
      return Array.isArray(value) ? vectorCell(value) : unsaid;
  }
}

/** The engine rounds vectors to Float32; one that is not is kept exactly all the same. */
function vectorCell(vector: readonly Value[]): Cell {
  const rounded = Float32Array.from(vector, Number);
  return { sql: rounded.buffer, isWhole: vector.every((element, position) => Object.is(element, rounded[position])) };
}

function whole(sql: SqlValue): Cell {
  return { sql, isWhole: true };
}
