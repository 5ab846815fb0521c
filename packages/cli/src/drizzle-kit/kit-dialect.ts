/** How each kind of database says the columns that documents are stored in, in Drizzle's words. */
import type { ColumnKind } from '@betterbase/engine';

interface KitColumn {
  readonly builder: string;
  readonly options?: string;
}

export interface KitDialect {
  readonly imports: string;
  readonly table: 'sqliteTable' | 'pgTable';
  readonly columns: Readonly<Record<ColumnKind, KitColumn>>;
  /** What every table begins with. */
  readonly system: readonly string[];
  /** What cannot be in a column. */
  readonly extra: string;
  /** The encoded key of an index. */
  readonly key: string;
  /** A primary key with a name of its own. */
  readonly primaryKey: (table: string) => readonly string[];
  /** Whether an index says that the row's place is its last column. */
  readonly namesPlace: boolean;
  /** A field's column. */
  readonly nameOf: (field: string) => string;
}

export const sqliteKit: KitDialect = {
  imports: `import { sql } from 'drizzle-orm';
import { blob, index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
`,
  table: 'sqliteTable',
  columns: {
    text: { builder: 'text' },
    real: { builder: 'real' },
    boolean: { builder: 'integer', options: "{ mode: 'boolean' }" },
    int64: { builder: 'integer' },
    bytes: { builder: 'blob' },
    vector: { builder: 'blob' },
    json: { builder: 'text', options: "{ mode: 'json' }" },
  },
  system: [
    '_seq: integer().primaryKey()',
    '_id: text().notNull()',
    "_creationTime: real().generatedAlwaysAs(sql`_seq / 4096.0`, { mode: 'virtual' })",
    '_updatedTime: real().notNull()',
  ],
  extra: 'text',
  key: 'blob',
  primaryKey: () => [],
  namesPlace: false,
  nameOf: (field) => field,
};

/** Columns that every table of PostgreSQL has already. */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

export const postgresKit: KitDialect = {
  imports: `import { sql } from 'drizzle-orm';
import { bigint, boolean, customType, doublePrecision, index, json, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });
`,
  table: 'pgTable',
  columns: {
    text: { builder: 'text' },
    real: { builder: 'doublePrecision' },
    boolean: { builder: 'boolean' },
    int64: { builder: 'bigint', options: "{ mode: 'bigint' }" },
    bytes: { builder: 'bytea' },
    vector: { builder: 'bytea' },
    json: { builder: 'json' },
  },
  system: [
    "_seq: bigint({ mode: 'number' })",
    '_id: text().notNull()',
    '_creationTime: doublePrecision().generatedAlwaysAs(sql`((_seq)::double precision / (4096)::double precision)`)',
    '_updatedTime: doublePrecision().notNull()',
  ],
  extra: 'json',
  key: 'bytea',
  primaryKey: (table) => [`primaryKey({ name: '${table}.by_creation_time', columns: [table._seq] })`],
  namesPlace: true,
  nameOf: (field) => (systemColumns.has(field) ? `_c_${field}` : field),
};
