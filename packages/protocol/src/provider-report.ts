/** What `POST /admin/projects/<project>/provider/check` finds out. */
import type { ProviderManifest } from '@betterbase/core';

export interface ProviderReport {
  readonly type: ProviderManifest['type'];
  /** Whether this installation keeps documents there: if not, a deployment that asks for it is refused. */
  readonly isAvailable: boolean;
  /** Null for what is not elsewhere. */
  readonly database: DatabaseReport | null;
}

export interface DatabaseReport {
  readonly dialect: 'sqlite' | 'postgres';
  /** Null where the database does not tell. */
  readonly version: string | null;
  /** ms. The first request may have to wake the database; `later` is the median of those after it. */
  readonly latency: { readonly first: number; readonly later: number };
  readonly capabilities: readonly DatabaseCapability[];
  /** Of a project's documents there; null: there are none. */
  readonly documents: DocumentsReport | null;
}

export interface DocumentsReport {
  /** What is to be there, and is not: somebody has changed the tables. `sql` puts it back, where nothing else is needed. */
  readonly missing: readonly {
    readonly table: string;
    readonly what: 'table' | 'column' | 'index' | 'trigger';
    readonly name: string;
    readonly sql: readonly string[];
  }[];
  /** Rows that other programs wrote and no document can be, kept in `_bb_refused`. */
  readonly refused: number;
}

export interface DatabaseCapability {
  readonly name: 'tables' | 'full text' | 'vectors';
  readonly isThere: boolean;
  /** What to do about it, or what the database said. */
  readonly note: string | null;
}
