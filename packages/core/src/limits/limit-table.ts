/**
 * The limits that a project can set in betterbase.config.ts, each with its default, its bounds and the error that tells of it.
 * docs/limits.md is made from this table.
 */
import type { ErrorCode } from '../errors/codes.ts';

export interface LimitRow {
  readonly default: number;
  readonly least: number;
  /** No project may set more. */
  readonly most: number;
  /** What is counted, as a plural. */
  readonly unit: string;
  /** What the limit is on, to follow “limit on”. */
  readonly what: string;
  /** Null: nothing fails, what is beyond is cut off. */
  readonly code: ErrorCode | null;
}

const mebibyte = 1024 * 1024;

export const limitTable = {
  // What one query or mutation may use
  documentsRead: {
    default: 32_000,
    least: 1,
    most: 200_000,
    unit: 'documents',
    what: 'documents that one query or mutation reads',
    code: 'query/reads-too-much',
  },
  rowsPassed: {
    default: 1_000_000,
    least: 1,
    most: 10_000_000,
    unit: 'rows',
    what: 'rows of a table that the database looks at for one reading under policies',
    code: 'query/reads-too-much',
  },
  bytesRead: {
    default: 16 * mebibyte,
    least: 100,
    most: 64 * mebibyte,
    unit: 'bytes',
    what: 'the size of the documents that one query or mutation reads',
    code: 'limit/bytes-read',
  },
  ranges: {
    default: 4_096,
    least: 1,
    most: 20_000,
    unit: 'reads',
    what: 'calls of get, of a query, a search or a count in one query or mutation',
    code: 'limit/database-reads',
  },
  documentsWritten: {
    default: 16_000,
    least: 1,
    most: 50_000,
    unit: 'documents',
    what: 'documents that one mutation writes',
    code: 'function/writes-too-much',
  },
  bytesWritten: {
    default: 16 * mebibyte,
    least: 100,
    most: 64 * mebibyte,
    unit: 'bytes',
    what: 'the size of the documents that one mutation writes',
    code: 'limit/bytes-written',
  },
  runMilliseconds: {
    default: 5_000,
    least: 10,
    most: 8_000,
    unit: 'ms',
    what: 'the time that one query or mutation takes',
    code: 'function/timed-out',
  },

  // What a call carries
  argumentBytes: {
    default: 16 * mebibyte,
    least: 100,
    most: 16 * mebibyte,
    unit: 'bytes',
    what: 'the arguments of a call',
    code: 'arguments/too-large',
  },
  resultBytes: {
    default: 16 * mebibyte,
    least: 100,
    most: 16 * mebibyte,
    unit: 'bytes',
    what: 'the result of a call',
    code: 'returns/too-large',
  },
  logLines: { default: 256, least: 0, most: 2_000, unit: 'lines', what: 'lines that one call logs', code: null },
  logLineLength: { default: 4_096, least: 100, most: 65_536, unit: 'characters', what: 'one line of the log', code: null },

  // What a document may look like
  documentBytes: {
    default: 2_000_000,
    least: 100,
    most: 2_000_000,
    unit: 'bytes',
    what: 'one document',
    code: 'document/too-large',
  },
  arrayLength: {
    default: 8_192,
    least: 1,
    most: 65_536,
    unit: 'elements',
    what: 'an array in a document',
    code: 'limit/array-length',
  },
  objectFields: {
    default: 1_024,
    least: 1,
    most: 8_192,
    unit: 'fields',
    what: 'an object in a document, the document included',
    code: 'limit/object-fields',
  },
  fieldNameLength: {
    default: 1_024,
    least: 16,
    most: 1_024,
    unit: 'characters',
    what: 'the name of a field in a document',
    code: 'limit/field-name',
  },
  nestingDepth: {
    default: 32,
    least: 1,
    most: 60,
    unit: 'levels',
    what: 'how deep objects and arrays of a document are nested, the document included',
    code: 'limit/nesting-depth',
  },

  // What is to happen later
  scheduledFunctions: {
    default: 1_000,
    least: 1,
    most: 1_000,
    unit: 'functions',
    what: 'functions that one mutation schedules',
    code: 'scheduler/too-many',
  },
  scheduledArgumentBytes: {
    default: 16 * mebibyte,
    least: 100,
    most: 16 * mebibyte,
    unit: 'bytes',
    what: 'the arguments of all functions that one mutation schedules',
    code: 'limit/scheduled-bytes',
  },
  jobsWaiting: {
    default: 1_000_000,
    least: 1,
    most: 1_000_000,
    unit: 'functions',
    what: 'scheduled functions that wait in the project',
    code: 'limit/jobs-waiting',
  },

  // What actions and HTTP routes may use
  concurrentActions: {
    default: 1_000,
    least: 1,
    most: 10_000,
    unit: 'actions',
    what: 'actions of the project that run at once, those they call and scheduled ones not counted',
    code: 'limit/concurrent-actions',
  },
  concurrentCalls: {
    default: 1_000,
    least: 1,
    most: 1_000,
    unit: 'calls',
    what: 'functions that one action or route has called and not heard from',
    code: 'limit/concurrent-calls',
  },
  httpBytes: {
    default: 20 * mebibyte,
    least: 100,
    most: 100 * mebibyte,
    unit: 'bytes',
    what: 'the body that a route of http.ts is sent',
    code: 'http/body-too-large',
  },
  httpResponseBytes: {
    default: 20 * mebibyte,
    least: 100,
    most: 100 * mebibyte,
    unit: 'bytes',
    what: 'the body that a route of http.ts answers with',
    code: 'limit/response-size',
  },

  // What one client may keep busy
  subscriptions: {
    default: 10_000,
    least: 1,
    most: 10_000,
    unit: 'queries',
    what: 'queries that one connection watches',
    code: 'limit/subscriptions',
  },
  callsWaiting: {
    default: 1_000,
    least: 1,
    most: 1_000,
    unit: 'calls',
    what: 'mutations, and actions, of one connection that are not answered',
    code: 'limit/calls-waiting',
  },
} as const satisfies Record<string, LimitRow>;

export type LimitName = keyof typeof limitTable;

/** What a project may use. */
export type ProjectLimits = { readonly [Name in LimitName]: number };
