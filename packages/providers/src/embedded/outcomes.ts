import { BetterBaseError } from '@betterbase/core';
import type { CommitBatch, RequestKey, StoredOutcome } from '@betterbase/engine';
import { outcomeParts } from '../sql/outcome-parts.ts';
import type { SqlDisk, SqlRow, SqlValue } from '../disk/sql-disk.ts';
import { isUniqueViolation } from '../statements/unique-violation.ts';

/**
 * Outcomes of mutations, each in the row of the version it made.
 *
 * Always true: the newest version's row stays, because it is where version and time are read from.
 */
export class Outcomes {
  readonly #disk: SqlDisk;
  /** Sessionless outcomes up to this version are known to be gone. */
  #sweptTo = 0;

  constructor(disk: SqlDisk) {
    this.#disk = disk;
  }

  /** @throws BetterBaseError `request/duplicate` */
  record({ version, time, now }: CommitBatch, { request, identity, outcome }: Omit<StoredOutcome, 'version'>, counts: string): number {
    const parts = outcomeParts(outcome);
    let rows = this.#insert(request, [
      version,
      request.session,
      request.id,
      identity,
      parts.length === 0 ? outcome : null,
      time,
      now,
      counts,
    ]);
    for (const [part, text] of parts.entries()) {
      rows += this.#disk.write('INSERT INTO _bb_outcome_parts (version, part, text) VALUES (?, ?, ?)', version, part, text);
    }
    return rows;
  }

  /** Sessionless requests are not found: only their batch remembers them. */
  find({ session, id }: RequestKey): StoredOutcome | null {
    if (session === null) return null;
    const [row] = this.#disk.read(
      'SELECT version, session, id, identity, outcome FROM _bb_outcomes WHERE session = ? AND id = ?',
      session,
      id,
    );
    return row === undefined ? null : this.#decode(row);
  }

  since(version: number): StoredOutcome[] {
    const rows = this.#disk.read(
      'SELECT version, session, id, identity, outcome FROM _bb_outcomes WHERE version > ? ORDER BY version',
      version,
    );
    return rows.map((row) => this.#decode(row));
  }

  forget(session: string, upTo: number, newest: number): void {
    this.#delete(`session = ? AND id GLOB '[0-9]*' AND CAST(id AS INTEGER) <= ? AND version < ?`, [session, upTo, newest]);
  }

  sweep(version: number, time: number, newest: number): void {
    const last = Math.min(version, newest - 1);
    if (last > this.#sweptTo) {
      this.#delete('session IS NULL AND version > ? AND version <= ?', [this.#sweptTo, last]);
      this.#sweptTo = last;
    }
    if (time > 0) this.#delete('recorded_at < ? AND version < ?', [time, newest]);
  }

  #insert(request: RequestKey, params: readonly SqlValue[]): number {
    try {
      return this.#disk.write(
        'INSERT INTO _bb_outcomes (version, session, id, identity, outcome, time, recorded_at, counts) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        ...params,
      );
    } catch (cause) {
      if (!isUniqueViolation(cause)) throw cause;
      throw new BetterBaseError('request/duplicate', `The request \`${request.id}\` has an outcome already.`, {
        hint: 'Give every request an id of its own.',
        cause,
      });
    }
  }

  #delete(where: string, params: readonly SqlValue[]): void {
    this.#disk.transaction(() => {
      if (this.#disk.write(`DELETE FROM _bb_outcomes WHERE ${where}`, ...params) === 0) return;
      this.#disk.write('DELETE FROM _bb_outcome_parts WHERE version NOT IN (SELECT version FROM _bb_outcomes)');
    });
  }

  #decode([version, session, id, identity, outcome]: SqlRow): StoredOutcome {
    const request = { session: typeof session === 'string' ? session : null, id: String(id) };
    const text = typeof outcome === 'string' ? outcome : this.#joinParts(Number(version));
    return { version: Number(version), request, identity: String(identity), outcome: text };
  }

  #joinParts(version: number): string {
    const rows = this.#disk.read('SELECT text FROM _bb_outcome_parts WHERE version = ? ORDER BY part', version);
    return rows.map(([text]) => String(text)).join('');
  }
}
