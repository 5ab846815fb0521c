/**
 * Where the store stands, on disk: version, time, deployment, and the list of tables.
 *
 * Always true: version, time and counts are those of the newest outcome or of `_bb_meta`, whichever is newer, so that a commit
 * with an outcome writes no other row for them.
 */
import type { NormalizedSchema } from '@betterbase/engine';
import type { LedgerState } from '../sql/ledger-state.ts';
import { appliedTable, firstMeta, forgetTable, ledgerFormat, ledgerTables, tableOf, tablesText, writeTable } from '../sql/ledger-tables.ts';
import { sqlite } from '../sql/sqlite-dialect.ts';
import type { SqlText } from '../sql/sql-value.ts';
import type { SqlDisk } from '../disk/sql-disk.ts';

/** Makes the store's own tables on first use. */
export function openLedger(disk: SqlDisk): LedgerState {
  disk.transaction(() => {
    if (disk.read(`SELECT 1 FROM sqlite_master WHERE name = '_bb_meta'`).length > 0) return addWhatIsNew(disk);
    for (const table of ledgerTables(sqlite)) disk.write(table);
    disk.write(firstMeta.sql, ...firstMeta.params);
  });
  const [meta] = disk.read('SELECT format, version, time, deployment, next_table, counts FROM _bb_meta');
  if (meta === undefined || meta[0] !== ledgerFormat)
    throw new Error(`This database has the format ${String(meta?.[0])}, and this program knows ${ledgerFormat}.`);
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
  disk.write(appliedTable(sqlite));
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
  const changed = schema.tables.filter((table) => before.get(table.number) !== table);
  const kept = new Set(schema.tables.filter((table) => !changed.includes(table)).map(({ number }) => number));
  for (const number of before.keys()) if (!kept.has(number)) write(disk, forgetTable(number));
  for (const table of changed) write(disk, writeTable(table, places.get(table.name)?.home ?? table.name));
}

function write(disk: SqlDisk, { sql, params }: SqlText): void {
  disk.write(sql, ...params);
}

function readTables(disk: SqlDisk): Pick<LedgerState, 'schema' | 'places'> {
  const read = disk.read(tablesText).map(tableOf);
  return { schema: { tables: read.map(({ table }) => table) }, places: new Map(read.map(({ table, place }) => [table.name, place])) };
}
