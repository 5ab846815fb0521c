/**
 * A migration of a database elsewhere.
 *
 * Tables that are written anew are written aside, some documents at a time, where nobody sees them; then one batch puts
 * everything in place, if the version is still the one that the documents were read at. What an interrupted one has left aside
 * is dropped by the next.
 */
import {
  documentChange,
  DocumentCheck,
  isSameJson,
  type Migration,
  type MigrationResult,
  planMigration,
  type StoredDocument,
  type TableStep,
} from '@betterbase/engine';
import { canStay, columnChanges } from '../sql/column-changes.ts';
import type { LedgerState } from '../sql/ledger-state.ts';
import { pageOf, pageTexts } from '../sql/page-text.ts';
import type { SqlText } from '../sql/sql-value.ts';
import type { Stand } from '../sql/standing.ts';
import { TableCounts } from '../sql/table-counts.ts';
import { plainTexts } from '../sql/plain-texts.ts';
import { createIndexText, createTableText } from '../sql/table-texts.ts';
import type { RemoteDialect } from './dialects.ts';
import type { PreparedTable } from './backfill/remote-backfills.ts';
import { enableVectors } from './enable-vectors.ts';
import { findFirstClash } from './find-clash.ts';
import { endOfOurs } from './outside/log-tables.ts';
import { advance, noteMigration } from './remote-ledger.ts';
import type { RemoteLink } from './remote-link.ts';
import { RemoteSqlError } from './remote-sql.ts';
import { RemoteTable, type RemoteTableParts } from './remote-table.ts';
import { createTexts, dropTexts, indexTexts } from './remote-table-texts.ts';
import { insertStatement } from './write-notes.ts';

export interface RemoteDatabase {
  readonly link: RemoteLink;
  readonly dialect: RemoteDialect;
}

/** What becomes of one table in the last batch. */
interface Placing {
  /** Before any table has its new name. */
  readonly leave: readonly string[];
  /** Afterwards. */
  readonly arrive: readonly string[];
  readonly next: RemoteTable;
  /** What can be looked at when a new unique index has no room for all documents. */
  readonly clashing: (cause: unknown) => Promise<Error | null>;
}

const noClash = async (): Promise<null> => null;

/** @throws BetterBaseError as `SchemaStore.migrate` */
export async function migrateRemote(
  { link, dialect }: RemoteDatabase,
  { state: old, tables, counts: before }: Stand<RemoteTable>,
  migration: Migration,
  prepared: ReadonlyMap<string, PreparedTable>,
): Promise<Stand<RemoteTable> & Pick<MigrationResult, 'changes'>> {
  const { version, deployment } = migration;
  const plan = planMigration(old.schema, old.nextTable, migration, (name) => before.of(name) > 0);
  const { schema } = plan;
  const mark = await dropLeftovers({ link, dialect }, [...tables.values(), ...[...prepared.values()].map((each) => each.aside)]);
  const isComparing = await enableVectors({ link, dialect }, plan.changed);
  const hasVectors = (): boolean => isComparing;

  const check = new DocumentCheck(schema);
  const steps = new Map(plan.changed.map((step) => [step.next.name, step]));
  const homes = new Set([...tables.values()].map(({ sql }) => sql.place.home.toLowerCase()));
  const next = new Map<string, RemoteTable>();
  const placings: Placing[] = [];
  const aside: RemoteTable[] = [];
  for (const table of schema.tables) {
    const step = steps.get(table.name);
    const known = tables.get(step?.old?.name ?? table.name);
    if (step === undefined && known !== undefined) {
      next.set(table.name, known);
      continue;
    }
    const freshHome = homes.has(table.name.toLowerCase()) ? `${table.name}~${mark}` : table.name;
    const placing =
      step === undefined || known === undefined
        ? newTable(new RemoteTable(table, { dialect, hasVectors, place: { sqlName: table.name, home: freshHome } }), dialect)
        : await changeTable({ link, dialect, hasVectors, step, known, check, mark, aside, prepared: prepared.get(table.name) ?? null });
    placings.push(watched(placing, dialect, table.number));
    next.set(table.name, placing.next);
  }
  check.assertGood();
  for (const table of aside) await indexAside(link, table);

  const names = new Map(plan.changed.map(({ old: from, next: to }) => [to.name, from?.name ?? to.name]));
  const counts = TableCounts.count(schema, (table) => before.of(names.get(table) ?? table));
  const places = new Map([...next].map(([name, { sql }]) => [name, sql.place]));
  const said = counts.text(version);
  const state: LedgerState = { version, time: old.time, deployment, nextTable: plan.nextNumber, schema, places, counts: said };
  const gone = plan.gone.flatMap(({ name, number }) => {
    const table = tables.get(name);
    return table === undefined ? [] : [...dialect.outside.watch(table.sql, number).dropTexts, ...dropTexts(table)];
  });
  await place(link, placings, [
    advance(old.version, { version, time: old.time, counts: said }),
    ...plainTexts(gone),
    ...plainTexts(placings.flatMap(({ leave }) => leave)),
    ...plainTexts(placings.flatMap(({ arrive }) => arrive)),
    ...noteMigration(old.schema, state),
    ...appliedStatements(migration, (table) => counts.of(table)),
    endOfOurs,
  ]);
  return { state, tables: next, counts, changes: plan.changes };
}

async function place(link: RemoteLink, placings: readonly Placing[], statements: readonly SqlText[]): Promise<void> {
  try {
    await link.write(statements);
  } catch (failure) {
    if (!(failure instanceof RemoteSqlError)) throw failure;
    for (const { clashing } of placings) {
      const clash = await clashing(failure);
      if (clash !== null) throw clash;
    }
    throw link.named(failure);
  }
}

interface Change extends RemoteDatabase, Pick<RemoteTableParts, 'hasVectors'> {
  readonly step: TableStep;
  readonly known: RemoteTable;
  readonly check: DocumentCheck;
  /** Of this attempt: no other has it. */
  readonly mark: string;
  /** Tables that are written anew. */
  readonly aside: RemoteTable[];
  readonly prepared: PreparedTable | null;
}

/** Takes the documents of a table over, and looks at them. */
async function changeTable(change: Change): Promise<Placing> {
  const { step, known, link, dialect, hasVectors, check } = change;
  const staying = new RemoteTable(step.next, { dialect, hasVectors, place: { sqlName: step.next.name, home: known.sql.place.home } });
  const ready = change.prepared === null ? null : await placePrepared(change, change.prepared);
  if (ready !== null) return ready;
  if (step.parts !== null || !staysInPlace(dialect, known, staying)) return await rewriteTable(change);
  if (step.recheck) {
    await eachPage(link, known, async (rows) => {
      for (const { document } of rows) check.see(step.next, document);
    });
  }
  const { texts: columns, newIndexes } = columnChanges(dialect, known.sql.layout, staying.sql.layout, staying.sql.place);
  const isMoving = known.sql.place.sqlName !== staying.sql.place.sqlName;
  const away = dialect.quote(`_bb_old.${step.next.number}`);
  return {
    leave: [
      ...[...known.sides.values()].filter(({ manifest }) => !staying.sides.has(manifest.name)).flatMap(({ dropTexts: gone }) => gone),
      ...(isMoving ? [`ALTER TABLE ${known.sql.sqlName} RENAME TO ${away}`] : []),
    ],
    arrive: [
      ...(isMoving ? [`ALTER TABLE ${away} RENAME TO ${staying.sql.sqlName}`] : []),
      ...columns,
      ...newIndexes.map((index) => createIndexText(staying.sql, index)),
    ],
    next: staying,
    clashing: (cause) =>
      findFirstClash(
        link,
        known.sql,
        newIndexes.filter(({ unique }) => unique),
        cause,
      ),
  };
}

function staysInPlace(dialect: RemoteDialect, old: RemoteTable, next: RemoteTable): boolean {
  const { layout } = next.sql;
  if (!isSameJson(old.sql.layout, layout) && !canStay(old.sql.layout, layout)) return false;
  if (columnChanges(dialect, old.sql.layout, layout, next.sql.place).newKeys.length > 0) return false;
  // An index is filled where no other attempt would fill it, too.
  return [...next.sides].every(([name, { manifest }]) => isSameJson(old.sides.get(name)?.manifest ?? null, manifest));
}

/** A table that lies ready but for a few documents; null if more is missing. */
async function placePrepared({ dialect, step, known, check }: Change, { aside, finish }: PreparedTable): Promise<Placing | null> {
  const { next: table, parts } = step;
  const change = parts === null ? (document: StoredDocument) => document : documentChange(parts);
  const isReady = await finish((document) => {
    const after = change(document);
    return check.see(table, after) ? after : null;
  });
  if (!isReady) return null;
  const hasVectors = (): boolean => [...aside.sides.values()].some(({ manifest }) => manifest.kind === 'vector');
  const next = new RemoteTable(table, { dialect, hasVectors, place: { sqlName: table.name, home: aside.sql.place.home } });
  return { leave: dropTexts(known), arrive: [`ALTER TABLE ${aside.sql.sqlName} RENAME TO ${next.sql.sqlName}`], next, clashing: noClash };
}

/** Writes every document to a table of its own, as it will be. */
async function rewriteTable({ link, dialect, hasVectors, step, known, check, mark, aside }: Change): Promise<Placing> {
  const { next: table, parts, recheck } = step;
  const home = `${table.name}~${mark}`;
  const lying = new RemoteTable(table, { dialect, hasVectors, place: { sqlName: `_bb_next.${table.number}.${mark}`, home } });
  const change = parts === null ? (document: StoredDocument) => document : documentChange(parts);
  const mustFit = parts !== null || recheck;
  await link.write(plainTexts([createTableText(lying.sql, dialect.outside.defaults), ...lying.sideTexts]));
  await eachPage(link, known, async (rows) => {
    const changed = rows
      .map(({ document, updatedTime }) => ({ after: change(document), updatedTime }))
      .filter(({ after }) => !mustFit || check.see(table, after));
    const writes = changed.map(({ after }) => ({ table: table.name, id: after._id, before: null, after }));
    const statements = [
      ...changed.map(({ after, updatedTime }) => insertStatement(lying.sql, after, updatedTime)),
      ...[...lying.sides.values()].flatMap((side) => side.apply(writes)),
    ];
    if (statements.length > 0) await link.write(statements);
  });
  aside.push(lying);
  const next = new RemoteTable(table, { dialect, hasVectors, place: { sqlName: table.name, home } });
  return { leave: dropTexts(known), arrive: [`ALTER TABLE ${lying.sql.sqlName} RENAME TO ${next.sql.sqlName}`], next, clashing: noClash };
}

/** @throws BetterBaseError `document/not-unique` */
async function indexAside(link: RemoteLink, { sql }: RemoteTable): Promise<void> {
  const { indexes } = sql.layout;
  try {
    await link.write(plainTexts(indexTexts(sql)));
  } catch (failure) {
    if (!(failure instanceof RemoteSqlError)) throw failure;
    throw (
      (await findFirstClash(
        link,
        sql,
        indexes.filter(({ unique }) => unique),
        failure,
      )) ?? link.named(failure)
    );
  }
}

function newTable(next: RemoteTable, dialect: RemoteDialect): Placing {
  return { leave: [], arrive: createTexts(next, dialect.outside.defaults), next, clashing: noClash };
}

/** With what notes others' writes: for a table that changes it is made anew. */
function watched(placing: Placing, dialect: RemoteDialect, number: number): Placing {
  const { createTexts: watching, dropTexts: undo } = dialect.outside.watch(placing.next.sql, number);
  return { ...placing, leave: [...undo, ...placing.leave], arrive: [...placing.arrive, ...watching] };
}

interface ReadRow {
  readonly document: StoredDocument;
  readonly updatedTime: number;
}

async function eachPage(link: RemoteLink, { sql }: RemoteTable, work: (rows: readonly ReadRow[]) => Promise<void>): Promise<void> {
  for (let behind = Number.MIN_SAFE_INTEGER; ; ) {
    const { rows, isLast } = pageOf(await link.read(pageTexts(sql, { behind, upTo: Number.MAX_SAFE_INTEGER })));
    await work(rows.map((row): ReadRow => ({ document: sql.codec.decode(row), updatedTime: Number(row.at(-1)) })));
    const last = rows.at(-1);
    if (last === undefined || isLast) return;
    behind = Number(last[0]);
  }
}

/** Drops what migrations that were interrupted, or refused, have left aside. Returns a mark for this one. */
async function dropLeftovers({ link, dialect }: RemoteDatabase, tables: readonly RemoteTable[]): Promise<string> {
  const ours = new Set(tables.flatMap(dropTexts));
  const [names = [], [mark] = []] = await link.read(plainTexts([dialect.sideTables, `SELECT ${dialect.newMark}`]));
  const drops = names
    .map(([name]) => `DROP TABLE ${dialect.quote(String(name))}`)
    .filter((text) => !ours.has(text) && !text.includes('_bb_import_'));
  if (drops.length > 0) await link.write(plainTexts(drops));
  return String(mark?.[0]);
}

function appliedStatements(
  { migrations = [], deployment, now = 0 }: Migration,
  documentsIn: (table: string) => number,
): readonly SqlText[] {
  return migrations.map(({ name, table }) => ({
    sql: 'INSERT INTO _bb_migrations (name, table_name, deployment, at, documents) VALUES (?, ?, ?, ?, ?)',
    params: [name, table, deployment, now, documentsIn(table)],
  }));
}
