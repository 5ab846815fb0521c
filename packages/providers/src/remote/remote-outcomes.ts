import { BetterBaseError } from '@betterbase/core';
import type { CommitBatch, RequestKey, StoredOutcome } from '@betterbase/engine';
import type { SqlDialect } from '../sql/dialect.ts';
import { outcomeParts } from '../sql/outcome-parts.ts';
import type { SqlRow, SqlText } from '../sql/sql-value.ts';
import type { MergeableText } from './merge-inserts.ts';
import type { RemoteLink } from './remote-link.ts';
import type { RemoteSqlError } from './remote-sql.ts';

/** How long somebody may be in doubt about a commit, ms: longer than any call to an engine may take. */
const doubt = 300_000;

const columns = 'version, session, id, identity, outcome';
const forgetParts: SqlText = { sql: 'DELETE FROM _bb_outcome_parts WHERE version NOT IN (SELECT version FROM _bb_outcomes)', params: [] };

/** Outcomes of mutations, each in the row of the version it made. */
export class RemoteOutcomes {
  readonly #link: RemoteLink;
  readonly #dialect: SqlDialect;

  constructor(link: RemoteLink, dialect: SqlDialect) {
    this.#link = link;
    this.#dialect = dialect;
  }

  /** Sessionless requests are not found: only their batch remembers them. */
  async find({ session, id }: RequestKey): Promise<StoredOutcome | null> {
    if (session === null) return null;
    const [found] = await this.#read('session = ? AND id = ?', [session, id]);
    return found ?? null;
  }

  async since(version: number): Promise<readonly StoredOutcome[]> {
    return await this.#read('version > ?', [version]);
  }

  async forget(session: string, upTo: number): Promise<void> {
    await this.#delete(`session = ? AND id ${this.#dialect.isNumberUpTo}`, [session, upTo]);
  }

  async sweep(version: number, time: number): Promise<void> {
    // Another engine, about to notice that it is one too many, may still have to ask for an outcome that we do not know of.
    const isSettled = `recorded_at < ${this.#dialect.now} - ${doubt}`;
    await this.#delete(`(session IS NULL AND version <= ? AND ${isSettled}) OR recorded_at < ?`, [version, time]);
  }

  async #read(where: string, params: SqlText['params']): Promise<readonly StoredOutcome[]> {
    const rowsText = { sql: `SELECT ${columns} FROM _bb_outcomes WHERE ${where} ORDER BY version`, params };
    const parts = `SELECT version, text FROM _bb_outcome_parts WHERE version IN (SELECT version FROM _bb_outcomes WHERE ${where}) ORDER BY version, part`;
    const [rows = [], partRows = []] = await this.#link.read([rowsText, { sql: parts, params }]);
    const joined = new Map<number, string>();
    for (const [version, text] of partRows) joined.set(Number(version), (joined.get(Number(version)) ?? '') + String(text));
    return rows.map((row) => decode(row, joined));
  }

  async #delete(where: string, params: SqlText['params']): Promise<void> {
    await this.#link.write([{ sql: `DELETE FROM _bb_outcomes WHERE ${where}`, params }, forgetParts]);
  }
}

/** The statements that keep a commit's outcome. */
export function outcomeStatements({ version, time, now, outcome: stored }: CommitBatch): readonly MergeableText[] {
  if (stored === null) return [];
  const { request, identity, outcome } = stored;
  const parts = outcomeParts(outcome);
  return [
    {
      sql: 'INSERT INTO _bb_outcomes (version, session, id, identity, outcome, time, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      params: [version, request.session, request.id, identity, parts.length === 0 ? outcome : null, time, now],
      row: '(?, ?, ?, ?, ?, ?, ?)',
    },
    ...parts.map((text, part) => ({
      sql: 'INSERT INTO _bb_outcome_parts (version, part, text) VALUES (?, ?, ?)',
      params: [version, part, text],
    })),
  ];
}

/** What is thrown for a request that has an outcome already, if that is what broke. */
export function duplicateRequest(failure: RemoteSqlError, { outcome }: CommitBatch): BetterBaseError | null {
  if (outcome === null || failure.failure.kind !== 'constraint') return null;
  if (!failure.failure.names.some((name) => name.includes('_bb_outcomes'))) return null;
  return new BetterBaseError('request/duplicate', `The request \`${outcome.request.id}\` has an outcome already.`, {
    hint: 'Give every request an id of its own.',
    cause: failure,
  });
}

function decode([version, session, id, identity, outcome]: SqlRow, parts: ReadonlyMap<number, string>): StoredOutcome {
  const request = { session: typeof session === 'string' ? session : null, id: String(id) };
  const text = typeof outcome === 'string' ? outcome : (parts.get(Number(version)) ?? '');
  return { version: Number(version), request, identity: String(identity), outcome: text };
}
