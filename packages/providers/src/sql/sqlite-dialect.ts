import type { SqlDialect } from './dialect.ts';
import { Fts5Texts } from './fts5-texts.ts';
import { quote } from './identifier.ts';
import { LibsqlVectors } from './libsql-vectors.ts';

/** A database in this process. */
export const sqlite: SqlDialect = {
  family: 'sqlite',
  isNarrow: false,
  types: {
    text: 'TEXT',
    real: 'REAL',
    boolean: 'INTEGER',
    int64: 'INTEGER',
    bytes: 'BLOB',
    vector: 'BLOB',
    json: 'TEXT',
    whole: 'INTEGER',
    id: 'TEXT',
    extra: 'TEXT',
    key: 'BLOB',
    numbered: 'INTEGER PRIMARY KEY',
  },
  namesPlace: false,
  byKey: ' WITHOUT ROWID',
  // Without an inner parenthesis, at which drizzle-kit would take it to end.
  creationTime: '"_creationTime" REAL GENERATED ALWAYS AS (_seq / 4096.0) VIRTUAL',
  // SQLite plans again for each value of a bare `LIMIT ?`, which costs more than reading a few rows.
  limit: { sql: '(? + 0)', none: -1 },
  now: 'unixepoch() * 1000',
  isNumberUpTo: `GLOB '[0-9]*' AND CAST(id AS INTEGER) <= ?`,
  numbersOfJson: 'SELECT value FROM json_each(?)',
  textsOfJson: 'SELECT value FROM json_each(?)',
  newMark: 'lower(hex(randomblob(6)))',
  // The tables that FTS5 keeps for its own go with the virtual one.
  sideTables: `SELECT name FROM sqlite_master WHERE type = 'table' AND (name GLOB '_bb_next.*' OR name GLOB '_bb_vector.*' OR (name GLOB '_bb_search.*' AND sql GLOB 'CREATE VIRTUAL TABLE*'))`,
  quote,
  column: quote,
  // The planner has no choice, so that reading an index never becomes sorting a table.
  by: (index) => (index === null ? ' NOT INDEXED' : ` INDEXED BY ${index}`),
  seq: () => '_seq INTEGER PRIMARY KEY NOT NULL',
  extraHas: (field) => ({ sql: '(_extra IS NOT NULL AND json_type(_extra, ?) IS NOT NULL)', params: [`$.${quote(field)}`] }),
  vectors: null,
  textIn: (json, field) => {
    const path = field === null ? "'$'" : `'$.${quote(field)}'`;
    return `CASE json_type(${json}, ${path}) WHEN 'text' THEN json_extract(${json}, ${path}) END`;
  },
  tableExists: (name) => ({ sql: 'SELECT 1 AS one FROM sqlite_master WHERE name = ?', params: [name] }),
  search: (place, manifest, reader) => new Fts5Texts(place, manifest, reader),
};

/** The same behind a driver, which may lose what is not everywhere. */
export const sqliteElsewhere: SqlDialect = {
  ...sqlite,
  isNarrow: true,
  vectors: {
    // Only libSQL has the functions.
    offered: `SELECT vector_distance_cos(vector32('[1,0]'), vector32('[0,1]'))`,
    enable: null,
    index: (place, manifest) => new LibsqlVectors(place, manifest),
  },
};
