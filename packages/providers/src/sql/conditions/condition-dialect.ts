/** What databases say differently in conditions. */
import type { SqlDialect } from '../dialect.ts';

export interface ConditionDialect {
  /** A parameter that is to be of a kind. */
  readonly text: string;
  readonly number: string;
  readonly whole: string;
  readonly bytes: string;
  /** A column of booleans as 1 and 0. */
  readonly counted: (column: string) => string;
  /** An infinite number. */
  readonly infinity: string;
  /** The JSON text of what a JSON value has at a path; NULL where it has nothing. Names in it are plain. */
  readonly jsonAt: (json: string, path: readonly (string | number)[]) => string;
  /** The JSON texts that `jsonAt` may give for what has this one, always as many. */
  readonly jsonTexts: (text: string) => readonly string[];
  /** Where a text has another. */
  readonly position: (text: string, part: string) => string;
}

const sqlite: ConditionDialect = {
  text: '?',
  number: '?',
  whole: '?',
  bytes: '?',
  counted: (column) => column,
  infinity: '9e999',
  jsonAt: (json, path) =>
    `(${json} -> '$${path.map((key) => (typeof key === 'string' ? `."${key}"` : key < 0 ? `[#${key}]` : `[${key}]`)).join('')}')`,
  jsonTexts: (text) => [text],
  position: (text, part) => `instr(${text}, ${part})`,
};

/** JSON with a NUL character cannot be looked into. No JSON text of ours has what is put in its place: it escapes what need not be. */
const nul = String.raw`\u0000`;
const inPlace = String.raw`\u007F\u007D`;

const postgres: ConditionDialect = {
  text: 'CAST(? AS TEXT)',
  number: 'CAST(? AS DOUBLE PRECISION)',
  whole: 'CAST(? AS BIGINT)',
  bytes: 'CAST(? AS BYTEA)',
  counted: (column) => `CAST(${column} AS INT)`,
  infinity: `CAST('Infinity' AS DOUBLE PRECISION)`,
  jsonAt: (json, path) => {
    const text = `CAST(${json} AS TEXT)`;
    if (path.length === 0) return text;
    const readable = `CASE WHEN strpos(${text}, '${nul}') > 0 THEN CAST(replace(${text}, '${nul}', '${inPlace}') AS JSON) ELSE ${json} END`;
    return `CAST(${readable}${path.map((key) => ` -> ${typeof key === 'string' ? `'${key}'` : `(${key})`}`).join('')} AS TEXT)`;
  },
  jsonTexts: (text) => [text, text.replaceAll(nul, inPlace)],
  position: (text, part) => `strpos(${text}, ${part})`,
};

export const conditionDialects: Readonly<Record<SqlDialect['family'], ConditionDialect>> = { sqlite, postgres };
