/**
 * Limits that no project can change: the platform's own, and those that the language rests on. docs/limits.md lists them
 * with the ones of limit-table.ts.
 */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { ErrorCode } from '../errors/codes.ts';

export interface FixedLimit {
  readonly value: number;
  readonly unit: string;
  readonly what: string;
  /** Null: what is beyond is cut off or left out. */
  readonly code: ErrorCode | null;
}

const mebibyte = 1024 * 1024;

export const fixedLimits = {
  // Schema
  tables: { value: 10_000, unit: 'tables', what: 'tables of a schema', code: 'schema/too-many-tables' },
  indexesPerTable: { value: 32, unit: 'indexes', what: 'indexes of a table', code: 'schema/too-many-indexes' },
  searchIndexesPerTable: { value: 4, unit: 'indexes', what: 'search indexes of a table', code: 'schema/too-many-indexes' },
  vectorIndexesPerTable: { value: 4, unit: 'indexes', what: 'vector indexes of a table', code: 'schema/too-many-indexes' },
  indexFields: {
    value: 16,
    unit: 'fields',
    what: 'fields of an index, and filter fields of a search or vector index',
    code: 'schema/bad-index',
  },
  nameLength: {
    value: 64,
    unit: 'characters',
    what: 'the name of a table, an index or a field of the schema',
    code: 'schema/bad-table-name',
  },
  columns: { value: 100, unit: 'columns', what: 'columns of a table of SQL, five of them the system’s', code: 'schema/too-many-columns' },
  functions: { value: 10_000, unit: 'functions', what: 'functions of a deployment', code: 'deployment/too-many-functions' },

  deploymentBytes: { value: 8 * mebibyte, unit: 'bytes', what: 'the code of a deployment', code: 'deployment/too-large' },

  // Environment values
  environmentValues: { value: 1_000, unit: 'values', what: 'environment values of a project', code: 'environment/too-large' },
  environmentName: { value: 256, unit: 'characters', what: 'the name of an environment value', code: 'environment/bad-name' },
  environmentValueBytes: { value: 8 * 1024, unit: 'bytes', what: 'one environment value', code: 'environment/too-large' },
  environmentBytes: { value: 512 * 1024, unit: 'bytes', what: 'all environment values together', code: 'environment/too-large' },

  // Calls
  httpCallBytes: { value: 17 * mebibyte, unit: 'bytes', what: 'the body of a call over HTTP', code: 'http/body-too-large' },
  headerCharacters: {
    value: 16 * 1024,
    unit: 'characters',
    what: 'an address, and the headers Authorization, apikey and Cookie',
    code: 'http/headers-too-large',
  },
  idempotencyKey: { value: 255, unit: 'characters', what: 'an Idempotency-Key', code: 'http/bad-body' },
  connections: { value: 32_000, unit: 'sockets', what: 'clients that are connected to a project', code: 'connection/too-many' },
  scheduledArguments: { value: mebibyte, unit: 'bytes', what: 'the arguments of one scheduled function', code: 'arguments/too-large' },

  // Queries
  filters: { value: 256, unit: 'filters', what: 'filters of one query', code: 'query/bad-filter' },
  pageItems: { value: 1_024, unit: 'documents', what: 'one page', code: 'query/bad-page' },
  searchResults: { value: 1_024, unit: 'documents', what: 'documents that a search looks at, the best ones', code: 'limit/search-results' },
  searchFilters: { value: 8, unit: 'filters', what: 'filters of a search', code: 'limit/search-filters' },
  searchTerms: { value: 16, unit: 'terms', what: 'terms of a search', code: null },
  termLength: { value: 32, unit: 'characters', what: 'a term; longer ones are not indexed', code: null },
  vectorResults: { value: 256, unit: 'documents', what: 'results of a vector search', code: 'limit/vector-results' },
  vectorFilters: { value: 64, unit: 'values', what: 'filter values of a vector search', code: 'limit/vector-filters' },
  vectorDimensions: { value: 4_096, unit: 'numbers', what: 'a vector, which has at least 2', code: 'schema/bad-index' },
  sqlText: { value: 100_000, unit: 'bytes', what: 'the text of an SQL statement', code: 'limit/sql-text' },
  sqlParameters: { value: 100, unit: 'parameters', what: 'parameters of an SQL statement', code: 'limit/sql-parameters' },
  sqlPattern: { value: 50, unit: 'bytes', what: 'a LIKE or GLOB pattern in SQL', code: 'limit/sql-pattern' },
} as const satisfies Record<string, FixedLimit>;

export type FixedLimitName = keyof typeof fixedLimits;

/** The failure of whoever went over a fixed limit. `what` is a whole clause: “This statement has 120 parameters”. `measured` is null where it cannot be told. */
export function overFixedLimit(name: FixedLimitName, measured: number | null, what: string, hint: string): BetterBaseError {
  const { code, value, unit }: FixedLimit = fixedLimits[name];
  return new BetterBaseError(code ?? 'internal/unexpected', `${what}; ${value} ${unit} are allowed.`, {
    hint,
    details: { limit: name, measured, allowed: value },
  });
}
