/**
 * The tables of what is to run later. They are tables like any other, so that jobs commit with the documents, are read as of
 * one version, and refresh whoever watches them.
 */
import { v, type Value } from '@betterbase/core';
import type { SchemaManifest, TableManifest } from '@betterbase/protocol';
import type { RangeEnd, StoredDocument } from '../ports/document-store.ts';

export const scheduledTable = '_scheduled_functions';
export const cronTable = '_cron_runs';
export const jobTables = [scheduledTable, cronTable] as const;

/** Jobs by whether they are over, then by when they are to be looked at next. */
export const byTurn = 'by_turn';
/** Runs of a cron job, oldest first. */
const byCron = 'by_cron';

export type JobState =
  | { readonly kind: 'pending' | 'inProgress' | 'success' | 'canceled' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'skipped'; readonly runs: number };

/** A row of either table. What `internalFields` names is the engine's own. */
export interface Job {
  readonly _id: string;
  readonly _creationTime: number;
  readonly name: string;
  readonly args: readonly Value[];
  readonly scheduledTime: number;
  readonly completedTime?: number;
  readonly state: JobState;
  /** The cron job that it is a run of. */
  readonly cron?: string;
  /** Which definition of the cron job it was made for. */
  readonly identity?: string;
  readonly isOver: boolean;
  /** Whole ms. Pending: when it is to run. In progress: when it counts as lost. Over: when it is forgotten. */
  readonly nextTime: number;
}

/** What functions do not see of a system table. */
const internalFields: ReadonlySet<string> = new Set(['isOver', 'nextTime', 'identity']);

/** A document of a system table as functions see it. */
export function shownFields(document: StoredDocument): StoredDocument {
  const shown: StoredDocument = { _id: document._id, _creationTime: document._creationTime };
  for (const [name, value] of Object.entries(document)) if (!internalFields.has(name)) shown[name] = value;
  return shown;
}

const fields = {
  name: v.string(),
  args: v.array(v.any()),
  scheduledTime: v.number(),
  completedTime: v.optional(v.number()),
  state: v.any(),
  isOver: v.boolean(),
  nextTime: v.number(),
};
const turnIndex = { kind: 'index', name: byTurn, fields: ['isOver', 'nextTime'], unique: false } as const;

const tables: readonly TableManifest[] = [
  { name: scheduledTable, document: v.object(fields).json, indexes: [turnIndex] },
  {
    name: cronTable,
    document: v.object({ ...fields, cron: v.string(), identity: v.optional(v.string()) }).json,
    indexes: [turnIndex, { kind: 'index', name: byCron, fields: ['cron'], unique: false }],
  },
];

/** The app's schema with the system's tables behind it, so that the app's tables are numbered first. */
export function withSystemTables(schema: SchemaManifest): SchemaManifest {
  return { ...schema, tables: [...schema.tables, ...tables] };
}

export function isSystemTable(name: string): boolean {
  return name.charCodeAt(0) === underscore;
}

const underscore = 95;

/** Documents of the job tables are written by the engine alone. */
export function asJob(document: StoredDocument): Job {
  return document as unknown as Job;
}

export function asDocument(job: Job): StoredDocument {
  return { ...job } as unknown as StoredDocument;
}

/** The range of what is (or is not) over, and whose time has come by `time` if one is given. */
export function jobRange(isOver: boolean, time?: number): { readonly lower: RangeEnd; readonly upper: RangeEnd } {
  const prefix = time === undefined ? [isOver] : [isOver, time];
  return { lower: { prefix: [isOver], inclusive: true }, upper: { prefix, inclusive: true } };
}
