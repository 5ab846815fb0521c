/**
 * Writes of other programs, noted by triggers, as the engine takes them over.
 *
 * Does not hold: where the store stands; it is told, and says where it stands then.
 * Always true: what is taken over is forgotten by the log in the batch that mends it; a version that the log does not explain
 * is somebody's who is no such program, and loses the store.
 */
import { BetterBaseError } from '@betterbase/core';
import type { CaughtUp, CommitBatch, DocumentWrite, NormalizedTable, OutsideListener } from '@betterbase/engine';
import type { SqlRow, SqlText } from '../../sql/sql-value.ts';
import { conflict, type Stand } from '../../sql/standing.ts';
import { findClash } from '../find-clash.ts';
import { advance } from '../remote-ledger.ts';
import type { RemoteLink } from '../remote-link.ts';
import { type RemoteResult, RemoteSqlError } from '../remote-sql.ts';
import type { RemoteTable } from '../remote-table.ts';
import type { RemoteDialect } from '../dialects.ts';
import { changesText, endOfOurs, explainedText, forgetChanges, forgetStatements } from './log-tables.ts';
import { type ChangedRow, type Mended, mendRow, takeBack, writtenText } from './mend-rows.ts';
import { rowColumns } from './outside-dialect.ts';

/** Rows of one step: they may have 2 MB each, and seldom do. */
const rowsAtOnce = 200;
/** So often others may write in between before we give up: whoever calls tries again later. */
const patience = 20;

const versionText: SqlText = { sql: 'SELECT version, time FROM _bb_meta', params: [] };

export interface CatchUpParts {
  readonly link: RemoteLink;
  readonly dialect: RemoteDialect;
  /** Where the store stands, or stood when others began to write. */
  readonly standing: Stand<RemoteTable>;
  readonly listener: OutsideListener;
  /** Whether the counts that stand are those before the others' writes. If not, nobody is to rely on them afterwards. */
  readonly keepsCounts: boolean;
  /** Some have been taken over. */
  readonly taken: (batch: Pick<CommitBatch, 'version' | 'writes' | 'now' | 'stale'>) => void;
}

/** @throws BetterBaseError `commit/conflict`, `provider/…` */
export async function catchUp(parts: CatchUpParts): Promise<{ readonly stand: Stand<RemoteTable>; readonly caughtUp: CaughtUp }> {
  const { link } = parts;
  const refused: CaughtUp['refused'][number][] = [];
  let stand = parts.standing;
  let changed = 0;
  try {
    for (let tried = 0; tried < patience; tried++) {
      const found = await survey(parts, stand.state.version);
      const { version, time } = found;
      link.stand(version);
      if (found.changes.length === 0) {
        if (found.hasStatements) await link.write([forgetStatements(version)]);
        if (version !== stand.state.version) parts.taken({ version, writes: [], now: parts.listener.now() });
        return { stand: { ...stand, state: { ...stand.state, version } }, caughtUp: { version, time, changed, refused } };
      }
      try {
        const step = await takeOver(parts, found, stand);
        stand = step.stand;
        changed += step.changed;
        refused.push(...step.refused);
      } catch (failure) {
        // Somebody wrote in between.
        if (!link.isBehind) throw failure;
        continue;
      }
      tried = 0;
    }
    throw new BetterBaseError('commit/conflict', 'Others write to the database so often that nothing can be read in between.', {
      hint: 'Write many rows in one transaction.',
    });
  } catch (failure) {
    throw link.lose(link.named(failure));
  }
}

interface Found {
  readonly version: number;
  readonly time: number;
  /** Whether the log has anything at all. */
  readonly hasStatements: boolean;
  readonly changes: readonly { readonly table: number; readonly place: number; readonly before: SqlRow | null }[];
}

/** @throws BetterBaseError `commit/conflict` when the log does not say how the database came to its version. */
async function survey({ link, dialect }: CatchUpParts, standingAt: number): Promise<Found> {
  const [meta, explained, changes] = await link.look([versionText, explainedText(standingAt), changesText(rowsAtOnce)], 'read');
  const [version, time] = firstRow(meta).map(Number);
  const [versions, first] = firstRow(explained);
  if (version === undefined || version - standingAt !== Number(versions)) throw conflict(standingAt, version ?? null);
  return {
    version,
    time: time ?? 0,
    hasStatements: first != null,
    changes: (changes?.rows ?? []).map(([table, place, before]) => ({
      table: Number(table),
      place: Number(place),
      before: typeof before === 'string' ? dialect.outside.decodeImage(before) : null,
    })),
  };
}

interface Step {
  readonly stand: Stand<RemoteTable>;
  readonly changed: number;
  readonly refused: CaughtUp['refused'];
}

async function takeOver(parts: CatchUpParts, found: Found, stand: Stand<RemoteTable>): Promise<Step> {
  const { link, dialect, listener, keepsCounts } = parts;
  const { schema } = stand.state;
  const version = found.version + 1;
  const now = parts.listener.now();
  const changes = await readChanged(parts, found, stand);
  let mended = changes.map((change) => mendRow(change, { schema, newDocument: listener.newDocument }));
  for (let isLast = false; ; ) {
    const writes = mended.flatMap((each) => (each.kind === 'taken' ? [each.write] : []));
    const stale = await listener.heard(writes);
    const counts = stand.counts.after(writes);
    const time = Math.max(found.time, ...writes.map(({ after }) => after?._creationTime ?? 0));
    const said = keepsCounts ? counts.text(version) : '';
    const statements = [...mendStatements(mended, stand.tables, now), ...forgetting(dialect, found), endOfOurs];
    try {
      await link.write([advance(found.version, { version, time, counts: said }), ...statements]);
    } catch (failure) {
      if (isLast || !isClash(failure)) throw failure;
      const clashing = await refuseClashing(link, mended, stand.tables, failure);
      isLast = clashing === null;
      mended = clashing ?? mended.map((each) => refuse(each, notTogether(each)));
      continue;
    }
    link.stand(version);
    parts.taken({ version, writes, now, stale });
    return {
      stand: { ...stand, counts, state: { ...stand.state, version, time, counts: said } },
      changed: writes.length,
      refused: mended.flatMap((each) => (each.kind === 'refused' ? [refusalOf(each)] : [])),
    };
  }
}

/** The rows as they are now, of one version with the log. */
async function readChanged(
  { link, dialect }: CatchUpParts,
  { changes }: Found,
  { state, tables }: Stand<RemoteTable>,
): Promise<ChangedRow[]> {
  const byNumber = new Map<number, { readonly table: NormalizedTable; readonly remote: RemoteTable }>();
  for (const table of state.schema.tables) {
    const remote = tables.get(table.name);
    if (remote !== undefined) byNumber.set(table.number, { table, remote });
  }
  const numbers = [...new Set(changes.map(({ table }) => table))].filter((number) => byNumber.has(number));
  const texts = numbers.map((number): SqlText => {
    const sql = byNumber.get(number)?.remote.sql;
    const places = changes.filter(({ table }) => table === number).map(({ place }) => place);
    const columns = sql === undefined ? '' : rowColumns(sql).join(', ');
    return {
      sql: `SELECT ${columns} FROM ${sql?.sqlName ?? ''} WHERE _seq IN (${dialect.numbersOfJson})`,
      params: [JSON.stringify(places)],
    };
  });
  const rows = await link.read(texts);
  const byPlace = new Map(numbers.map((number, at) => [number, new Map(rows[at]?.map((row) => [Number(row[0]), row]))]));
  return changes.flatMap(({ table: number, place, before }) => {
    const known = byNumber.get(number);
    if (known === undefined) return [];
    return [{ table: known.table, sql: known.remote.sql, place, before, row: byPlace.get(number)?.get(place) ?? null }];
  });
}

/** All that is removed goes first, and what is put back last, so that keys are free. */
function mendStatements(mended: readonly Mended[], tables: Stand<RemoteTable>['tables'], now: number): readonly SqlText[] {
  const removals: SqlText[] = [];
  const changes: SqlText[] = [];
  const restorations: SqlText[] = [];
  for (const each of mended) {
    if (each.kind === 'taken') {
      if (each.statement !== null) changes.push(each.statement);
      for (const side of tables.get(each.write.table)?.sides.values() ?? []) changes.push(...side.apply([each.write]));
    }
    if (each.kind !== 'refused') continue;
    const { removal, restoration } = takeBack(each.change);
    if (removal !== null) removals.push(removal);
    if (restoration !== null) restorations.push(restoration);
    const { table, id, code, message } = refusalOf(each);
    changes.push({
      sql: 'INSERT INTO _bb_refused (table_name, id, written, code, message, at) VALUES (?, ?, ?, ?, ?, ?)',
      params: [table, id, writtenText(each.change), code, message, now],
    });
  }
  return [...removals, ...changes, ...restorations];
}

function forgetting(dialect: RemoteDialect, { version, changes }: Found): readonly SqlText[] {
  const numbers = new Set(changes.map(({ table }) => table));
  const rows = [...numbers].map((number) =>
    forgetChanges(
      dialect,
      number,
      changes.filter(({ table }) => table === number).map(({ place }) => place),
    ),
  );
  return [...rows, forgetStatements(version)];
}

/** Refuses what stands in another document's way; null when that cannot be told. */
async function refuseClashing(
  link: RemoteLink,
  mended: readonly Mended[],
  tables: Stand<RemoteTable>['tables'],
  cause: unknown,
): Promise<Mended[] | null> {
  const sqlOf = (name: string): RemoteTable['sql'] => {
    const table = tables.get(name);
    if (table === undefined) throw new Error(`There is no table \`${name}\`.`);
    return table.sql;
  };
  // Rows are still under the ids that they were written with.
  const passing = new Set(mended.map(({ change }) => String(change.row?.[1] ?? '')));
  const accepted: DocumentWrite[] = [];
  const judged: Mended[] = [];
  for (const each of mended) {
    const clash = each.kind === 'taken' ? await findClash(link, [...accepted, each.write], sqlOf, cause, passing) : null;
    if (each.kind === 'taken' && clash === null) accepted.push(each.write);
    judged.push(clash === null ? each : refuse(each, clash));
  }
  return judged.some((each, at) => each !== mended[at]) ? judged : null;
}

function refuse(each: Mended, reason: BetterBaseError): Mended {
  return each.kind === 'taken' ? { kind: 'refused', change: each.change, reason } : each;
}

function notTogether({ change }: Mended): BetterBaseError {
  return new BetterBaseError('provider/constraint', `The rows written to \`${change.table.name}\` cannot all be documents together.`);
}

function refusalOf({ change, reason }: Extract<Mended, { kind: 'refused' }>): CaughtUp['refused'][number] {
  const id = String(change.before?.[1] ?? change.row?.[1] ?? '');
  return { table: change.table.name, id, code: reason.code, message: reason.message };
}

function isClash(failure: unknown): boolean {
  return failure instanceof RemoteSqlError && failure.failure.kind === 'constraint' && failure.failure.which === 'unique';
}

function firstRow(result: RemoteResult | undefined): SqlRow {
  return result?.rows[0] ?? [];
}
