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
    "_id: text().notNull().default(sql`('new:' || lower(hex(randomblob(16))))`)",
    "_creationTime: real().generatedAlwaysAs(sql`_seq / 4096.0`, { mode: 'virtual' })",
    "_updatedTime: real().notNull().default(sql`((julianday('now') - 2440587.5) * 86400000.0)`)",
  ],
  extra: 'text',
  key: 'blob',
  namesPlace: false,
  nameOf: (field) => field,
};

/** Columns that every table of PostgreSQL has already. */
const systemColumns = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

const sequences = ['_bb_migrations_number_seq', '_bb_changes_number_seq', '_bb_refused_number_seq', '_bb_new_rows'];

export const postgresKit: KitDialect = {
  imports: `import { sql } from 'drizzle-orm';
import { bigint, boolean, customType, doublePrecision, index, json, pgSequence, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

/** BetterBase's own. Here because drizzle-kit has a filter for tables, but none for sequences. */
${sequences.map((name) => `export const ${name} = pgSequence('${name}');\n`).join('')}`,
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
    "_seq: bigint({ mode: 'number' }).primaryKey().default(sql`(- nextval('_bb_new_rows'::regclass))`)",
    "_id: text().notNull().default(sql`('new:'::text || replace((gen_random_uuid())::text, '-'::text, ''::text))`)",
    '_creationTime: doublePrecision().generatedAlwaysAs(sql`((_seq)::double precision / (4096)::double precision)`)',
    '_updatedTime: doublePrecision().notNull().default(sql`(EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric)`)',
  ],
  extra: 'json',
  key: 'bytea',
  namesPlace: true,
  nameOf: (field) => (systemColumns.has(field) ? `_c_${field}` : field),
};
