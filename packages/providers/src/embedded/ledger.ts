/**
 * Where the store stands, on disk: version, time, deployment, and the list of tables.
 *
 * Always true: version, time and counts are those of the newest outcome or of `_bb_meta`, whichever is newer, so that a commit
 * with an outcome writes no other row for them.
 */
import type { NormalizedSchema, NormalizedTable, StoreState } from '@betterbase/engine';
import { appliedTable } from './applied-migrations.ts';
import type { TablePlace } from '../sql/table-place.ts';
import type { SqlDisk } from './sql-disk.ts';

const format = 1;

const tables = [
  `CREATE TABLE _bb_meta (only INTEGER PRIMARY KEY CHECK (only = 1), format INTEGER NOT NULL, version INTEGER NOT NULL,
    time REAL NOT NULL, deployment TEXT, next_table INTEGER NOT NULL, counts TEXT)`,
  `CREATE TABLE _bb_tables (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, manifest TEXT NOT NULL, active INTEGER NOT NULL)`,
  `CREATE TABLE _bb_outcomes (version INTEGER PRIMARY KEY, session TEXT, id TEXT NOT NULL, identity TEXT NOT NULL, outcome TEXT,
    time REAL NOT NULL, recorded_at REAL NOT NULL, counts TEXT)`,
  `CREATE UNIQUE INDEX _bb_outcomes_by_request ON _bb_outcomes (session, id) WHERE session IS NOT NULL`,
  appliedTable,
  `CREATE TABLE _bb_outcome_parts (version INTEGER NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (version, part)) WITHOUT ROWID`,
];

export interface LedgerState extends StoreState {
  /** The number that the next new table will have. */
  readonly nextTable: number;
  /** As `TableCounts.text` gave it with the newest version. */
  readonly counts: string | null;
  /** Where each table is, by its name. */
  readonly places: ReadonlyMap<string, TablePlace>;
}

/** Makes the store's own tables on first use. */
export function openLedger(disk: SqlDisk): LedgerState {
  disk.transaction(() => {
    if (disk.read(`SELECT 1 FROM sqlite_master WHERE name = '_bb_meta'`).length > 0) return addWhatIsNew(disk);
    for (const table of tables) disk.write(table);
    disk.write('INSERT INTO _bb_meta (only, format, version, time, deployment, next_table) VALUES (1, ?, 0, 0, NULL, 1)', format);
  });
  const [meta] = disk.read('SELECT format, version, time, deployment, next_table, counts FROM _bb_meta');
  if (meta === undefined || meta[0] !== format)
    throw new Error(`This database has the format ${String(meta?.[0])}, and this program knows ${format}.`);
  const [newest] = disk.read('SELECT version, time, counts FROM _bb_outcomes ORDER BY version DESC LIMIT 1');
  const counts = Number(newest?.[0] ?? 0) > Number(meta[1]) ? newest?.[2] : meta[5];
  return {
    version: Math.max(Number(meta[1]), Number(newest?.[0] ?? 0)),
    time: Math.max(Number(meta[2]), Number(newest?.[1] ?? 0)),
    deployment: typeof meta[3] === 'string' ? meta[3] : null,
    nextTable: Number(meta[4]),
    counts: typeof counts === 'string' ? counts : null,
    ...readTables(disk),
  };
}

/** What databases made by earlier programs lack. */
function addWhatIsNew(disk: SqlDisk): void {
  disk.write(appliedTable);
  if (disk.read(`SELECT 1 FROM pragma_table_info('_bb_meta') WHERE name = 'counts'`).length > 0) return;
  for (const table of ['_bb_meta', '_bb_outcomes']) disk.write(`ALTER TABLE ${table} ADD COLUMN counts TEXT`);
}

/** For a commit without an outcome. */
export function recordVersion(disk: SqlDisk, version: number, time: number, counts: string): number {
  return disk.write('UPDATE _bb_meta SET version = ?, time = ?, counts = ?', version, time, counts);
}

export function recordMigration(disk: SqlDisk, old: NormalizedSchema, state: LedgerState): void {
  const { version, time, deployment, nextTable, schema, counts, places } = state;
  disk.write(
    'UPDATE _bb_meta SET version = ?, time = ?, deployment = ?, next_table = ?, counts = ?',
    version,
    time,
    deployment,
    nextTable,
    counts,
  );
  const before = new Map(old.tables.map((table) => [table.number, table]));
  for (const table of schema.tables) {
    const known = before.get(table.number);
    before.delete(table.number);
    if (known !== table) writeTable(disk, table, places.get(table.name)?.home ?? table.name);
  }
  for (const number of before.keys()) disk.write('DELETE FROM _bb_tables WHERE number = ?', number);
}

function writeTable(disk: SqlDisk, { number, name, document, indexes, active }: NormalizedTable, home: string): void {
  const manifest = JSON.stringify({ document, indexes, ...(home === name ? {} : { home }) });
  disk.write(
    'INSERT OR REPLACE INTO _bb_tables (number, name, manifest, active) VALUES (?, ?, ?, ?)',
    number,
    name,
    manifest,
    active ? 1 : 0,
  );
}

function readTables(disk: SqlDisk): Pick<LedgerState, 'schema' | 'places'> {
  const rows = disk.read('SELECT number, name, manifest, active FROM _bb_tables ORDER BY number');
  const places = new Map<string, TablePlace>();
  const tables = rows.map(([number, name, manifest, active]): NormalizedTable => {
    // Written by `writeTable` alone.
    const { document, indexes, home } = JSON.parse(String(manifest)) as Pick<NormalizedTable, 'document' | 'indexes'> & Partial<TablePlace>;
    places.set(String(name), { sqlName: String(name), home: home ?? String(name) });
    return { number: Number(number), name: String(name), document, indexes, active: active === 1 };
  });
  return { schema: { tables }, places };
}
