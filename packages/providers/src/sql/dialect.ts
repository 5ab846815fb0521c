import type { ColumnKind } from '@betterbase/engine';
import type { RowReader, SearchManifest, SearchTexts } from './search-texts.ts';
import type { SqlText, SqlValue } from './sql-value.ts';
import type { TablePlace } from './table-place.ts';
import type { VectorManifest, VectorTexts } from './vector-texts.ts';

export interface VectorDialect {
  /** Whether they can be had: a row for yes; none, or an error, for no. */
  readonly offered: string;
  /** Switches them on, which we may not be allowed to; null where they need not be. */
  readonly enable: string | null;
  readonly index: (place: TablePlace, manifest: VectorManifest) => VectorTexts;
}

/** What databases say differently. Whatever they say alike, `CAST(? AS BIGINT)` for one, stands where it is used. */
export interface SqlDialect {
  readonly family: 'sqlite' | 'postgres';
  /** Whether infinities and NUL characters would not survive the way to the database. */
  readonly isNarrow: boolean;
  readonly types: Readonly<Record<ColumnKind, string>> & {
    /** Whole numbers beyond 2^31. */
    readonly whole: string;
    readonly id: string;
    readonly extra: string;
    /** An encoded key: its bytes order it. */
    readonly key: string;
    /** A primary key that numbers its rows. */
    readonly numbered: string;
  };
  /** Whether `_seq` has to be said to be the last column of an index. */
  readonly namesPlace: boolean;
  /** How a table ends whose rows lie in the order of its primary key. */
  readonly byKey: string;
  /** The column that says `_seq` in milliseconds. */
  readonly creationTime: string;
  /** Parameter `?` as what stands behind `LIMIT`, and its value for all rows. */
  readonly limit: { readonly sql: string; readonly none: SqlValue };
  /** Milliseconds since 1970 by the database's clock. */
  readonly now: string;
  /** What follows `id`: it is a number, and at most the parameter. */
  readonly isNumberUpTo: string;
  /** The numbers of a JSON list, the parameter, as rows. */
  readonly numbersOfJson: string;
  /** The texts of a JSON list, the parameter, as rows. */
  readonly textsOfJson: string;
  /** Twelve characters that nobody has had before. */
  readonly newMark: string;
  /** The tables that are kept aside or beside others. */
  readonly sideTables: string;

  /** A name, only ever one from the schema, as it stands in SQL. */
  readonly quote: (name: string) => string;
  /** A field's column. */
  readonly column: (field: string) => string;
  /** What follows a table that is to be read by an index, or, with null, by `_seq`. */
  readonly by: (index: string | null) => string;
  /** The column `_seq` of a table, by which its rows are found. */
  readonly seq: (name: string) => string;
  /** Whether `_extra` has a field. */
  readonly extraHas: (field: string) => SqlText;
  /** Vector indexes of the database's own; null where there are none for us. */
  readonly vectors: VectorDialect | null;
  /** The text that a JSON value is, or that is in a field of it; NULL if it is none. */
  readonly textIn: (json: string, field: string | null) => string;
  /** A row if there is a table of this name. */
  readonly tableExists: (name: string) => SqlText;
  readonly search: (place: TablePlace, manifest: SearchManifest, rows: RowReader) => SearchTexts;
}
