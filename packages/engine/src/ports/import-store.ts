import type { NormalizedSchema } from '../migrate/schema-layout.ts';
import type { StoredDocument } from './document-store.ts';

/**
 * What becomes of the documents that a table has: `empty` refuses the table if it has any; `append` keeps them, and no
 * imported document may have the `_id` of one; `upsert` keeps those whose `_id` is not imported; `replace` keeps none.
 */
export type ImportMode = 'empty' | 'append' | 'upsert' | 'replace';

export interface ImportTable {
  readonly table: string;
  readonly mode: ImportMode;
  /** The number that the imported ids carry; the table takes it over. Absent: it keeps its own. */
  readonly number?: number;
}

export interface ImportPlan {
  readonly tables: readonly ImportTable[];
  /** Whether what has been staged is committed as it comes. Otherwise all is committed at the end, or nothing. */
  readonly isBatched: boolean;
}

export interface ImportRecord {
  readonly plan: ImportPlan;
  /** Documents are staged for this schema and no other. */
  readonly deployment: string;
  /** The schema as it is with the imported numbers. */
  readonly schema: NormalizedSchema;
  /** How many lines of each table are staged or committed. */
  readonly lines: ReadonlyMap<string, number>;
  /** What came of it; null while it is under way. */
  readonly finished: ImportSummary | null;
}

export interface StagedDocument {
  /** Where it came from, from 1. */
  readonly line: number;
  readonly document: StoredDocument;
}

/** Why a line cannot be imported. */
export interface ImportProblem {
  readonly table: string;
  /** From 1; null: it is a document that the table has already. */
  readonly line: number | null;
  readonly id?: string;
  readonly message: string;
}

export interface ImportedTable {
  readonly table: string;
  readonly inserted: number;
  /** Of documents that had the `_id` of an imported one. */
  readonly replaced: number;
  readonly deleted: number;
}

export interface ImportSummary {
  readonly tables: readonly ImportedTable[];
}

/** The commit that an import becomes. */
export interface ImportCommit {
  readonly basedOn: number;
  readonly version: number;
  /** The newest `_creationTime` handed out so far, ms. */
  readonly time: number;
  readonly now: number;
  /** `try`: all is checked, and nothing changes. `part`: what is staged is committed, and more will come. */
  readonly extent: 'try' | 'part' | 'whole';
}

export interface CommittedImport {
  readonly summary: ImportSummary;
  readonly schema: NormalizedSchema;
  /** The newest `_creationTime` there is now. */
  readonly time: number;
}

/** At most this many problems are named. */
export const mostImportProblems = 5;
/** How long an import is kept that nobody goes on with, ms. */
export const importLife = 60 * 60_000;

/** Documents that are laid aside until they are committed all at once. They survive a restart, and nobody sees them. */
export interface ImportStore {
  /**
   * Begins an import, and forgets those that nobody has gone on with for `importLife`. One of this name begins anew.
   *
   * @throws BetterBaseError `import/ids-clash` when a table cannot take over the number of the imported ids,
   *   `import/table-not-empty`.
   */
  begin(id: string, plan: ImportPlan, deployment: string, now: number): Promise<void>;

  /** @throws BetterBaseError `import/ids-clash` */
  find(id: string): Promise<ImportRecord | null>;

  /**
   * Lays documents of a table aside, and remembers how far its lines have come: all, or, if there are problems, nothing. A
   * document whose `_creationTime` another has is moved to the next time that is free.
   *
   * @throws BetterBaseError `import/bad-lines`, `import/not-found`
   */
  stage(id: string, table: string, documents: readonly StagedDocument[], lines: number, now: number): Promise<void>;

  /**
   * Commits what is staged: ids, unique indexes and foreign keys are checked, tables take over their numbers, and all open
   * snapshots are closed. All, or nothing.
   *
   * @throws BetterBaseError `import/bad-lines`, `import/table-not-empty`, `import/ids-clash`, `commit/conflict`
   */
  finish(id: string, commit: ImportCommit): Promise<CommittedImport>;

  /** Forgets what is staged. */
  drop(id: string): Promise<void>;
}
