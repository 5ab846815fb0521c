/** Where a store elsewhere stands. Unlike in a database of our own, the version is always the one in `_bb_meta`: every batch looks at it. */
import type { RemoteDialect } from './dialects.ts';
import { type LedgerState } from '../sql/ledger-state.ts';
import { firstMeta, forgetTable, ledgerFormat, ledgerTables, tableOf, tablesText, writeTable } from '../sql/ledger-tables.ts';
import { plainTexts } from '../sql/plain-texts.ts';
import type { SqlText } from '../sql/sql-value.ts';
import type { NormalizedSchema } from '@betterbase/engine';
import type { RemoteLink } from './remote-link.ts';
import { type RemoteFailure, type RemoteResult, RemoteSqlError } from './remote-sql.ts';
import { catalogueTexts } from './outside/find-drift.ts';
import { explainedText, lastCommitColumn, outsideTables } from './outside/log-tables.ts';

export interface RemoteState {
  readonly state: LedgerState;
  /** The first version that others made and nobody has taken over; null: there is none, or something else happened since. */
  readonly firstOutside: number | null;
  /** Whether others' writes are to be taken over. */
  readonly hasOutside: boolean;
  /** What is kept beside tables, as it stands in SQL; empty where nobody asks. */
  readonly sideTables: ReadonlySet<string>;
  /** What there is, as `findDrift` looks at it. */
  readonly catalogue: readonly (RemoteResult | undefined)[];
}

const metaText = 'SELECT format, version, time, deployment, next_table, counts, last_commit FROM _bb_meta';

/** Makes the store's own tables on first use. One round trip when they are there. */
export async function openRemoteLedger(link: RemoteLink, dialect: RemoteDialect): Promise<RemoteState> {
  try {
    return await readState(link, dialect);
  } catch (failure) {
    if (!isRefused(failure)) throw link.named(failure);
  }
  const outside = plainTexts(outsideTables(dialect));
  // A ledger may be there from before others' writes were noted, or from before commits had a mark.
  for (const statements of [[...plainTexts(ledgerTables(dialect)), firstMeta, ...outside], outside, plainTexts([lastCommitColumn])]) {
    try {
      await link.look(statements, 'write');
      break;
    } catch (failure) {
      // Somebody else may have made them in this moment; then they can be read. PostgreSQL says it by its own catalogue's keys.
      if (!isRefused(failure, 'constraint')) throw link.named(failure);
    }
  }
  return await readState(link, dialect).catch((failure: unknown) => {
    throw link.named(failure);
  });
}

function isRefused(failure: unknown, ...more: readonly RemoteFailure['kind'][]): boolean {
  return failure instanceof RemoteSqlError && ['refused', ...more].includes(failure.failure.kind);
}

async function readState(link: RemoteLink, dialect: RemoteDialect): Promise<RemoteState> {
  const asked = [
    ...plainTexts([metaText, tablesText]),
    explainedText(0),
    ...catalogueTexts(dialect),
    ...plainTexts(dialect.vectors === null ? [] : [dialect.sideTables]),
  ];
  const [metas, tables, outside, columns, indexes, triggers, sides] = await link.look(asked, 'read');
  const meta = metas?.rows[0];
  if (meta === undefined || meta[0] !== ledgerFormat)
    throw new Error(`This database has the format ${String(meta?.[0])}, and this program knows ${ledgerFormat}.`);
  const read = (tables?.rows ?? []).map(tableOf);
  const version = Number(meta[1]);
  const [versions, first] = (outside?.rows[0] ?? []).map(Number);
  const hasOutside = versions !== undefined && versions > 0;
  return {
    state: {
      version,
      time: Number(meta[2]),
      deployment: typeof meta[3] === 'string' ? meta[3] : null,
      nextTable: Number(meta[4]),
      counts: typeof meta[5] === 'string' ? meta[5] : null,
      schema: { tables: read.map(({ table }) => table) },
      places: new Map(read.map(({ table, place }) => [table.name, place])),
    },
    hasOutside,
    catalogue: [columns, indexes, triggers],
    firstOutside: hasOutside && first !== undefined && version - first + 1 === versions ? first : null,
    sideTables: new Set((sides?.rows ?? []).map(([name]) => dialect.quote(String(name)))),
  };
}

/**
 * Takes the version a step on, if it is the one that the batch was decided on. The first statement of its batch, and what is
 * written until `endOfOurs` is not noted as somebody else's.
 */
export function advance(basedOn: number, { version, time, counts }: Advanced): SqlText {
  return {
    sql: 'UPDATE _bb_meta SET version = CASE WHEN version = CAST(? AS BIGINT) THEN CAST(? AS BIGINT) END, time = ?, counts = ?, ours = 1',
    params: [basedOn, version, time, counts],
  };
}

/**
 * As `advance`, and leaves a mark.
 *
 * @param after the mark of the commit that it builds on; null: of the one that made `basedOn`, whichever it is. A version alone
 *   does not say that: where a commit under way fails, another may make the same.
 */
export function advanceMarked(basedOn: number, { version, time, counts }: Advanced, mark: string, after: string | null): SqlText {
  const isNext = after === null ? 'version = CAST(? AS BIGINT)' : 'version = CAST(? AS BIGINT) AND last_commit = ?';
  return {
    sql: `UPDATE _bb_meta SET version = CASE WHEN ${isNext} THEN CAST(? AS BIGINT) END, time = ?, counts = ?, ours = 1, last_commit = ?`,
    params: [basedOn, ...(after === null ? [] : [after]), version, time, counts, mark],
  };
}

type Advanced = Pick<LedgerState, 'version' | 'time'> & { readonly counts: string };

/** What a migration notes, behind `advance`. */
export function noteMigration(old: NormalizedSchema, { deployment, nextTable, schema, places }: LedgerState): readonly SqlText[] {
  const before = new Map(old.tables.map((table) => [table.number, table]));
  const changed = schema.tables.filter((table) => before.get(table.number) !== table);
  const kept = new Set(schema.tables.map(({ number }) => number));
  const gone = old.tables.filter(({ number }) => !kept.has(number));
  return [
    { sql: 'UPDATE _bb_meta SET deployment = ?, next_table = ?', params: [deployment, nextTable] },
    ...[...gone, ...changed].map(({ number }) => forgetTable(number)),
    ...changed.map((table) => writeTable(table, places.get(table.name)?.home ?? table.name)),
  ];
}
