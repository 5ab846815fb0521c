import type { CommitBatch } from '@betterbase/engine';
import type { SqlText } from '../sql/sql-value.ts';
import { conflict, type Stand, type Standing } from '../sql/standing.ts';
import type { AtHome } from './at-home.ts';
import type { RemoteDialect } from './dialects.ts';
import { Flights } from './flights.ts';
import { mergeInserts } from './merge-inserts.ts';
import { endOfOurs } from './outside/log-tables.ts';
import { advance, advanceMarked } from './remote-ledger.ts';
import type { RemoteLink } from './remote-link.ts';
import { outcomeStatements } from './remote-outcomes.ts';
import type { RemoteResult } from './remote-sql.ts';
import type { RemoteTable } from './remote-table.ts';
import type { SeenRows } from './seen-rows.ts';
import { writeStatements } from './write-notes.ts';

export interface RemoteCommitsParts {
  readonly link: RemoteLink;
  readonly dialect: RemoteDialect;
  readonly standing: Standing<RemoteTable>;
  readonly seen: SeenRows;
  readonly home: AtHome;
}

/**
 * Commits to a database elsewhere, each a batch that happens on one version alone.
 *
 * Holds: those under way. Does not hold: where the store stands; it moves it when one has happened.
 */
export class RemoteCommits {
  readonly #parts: RemoteCommitsParts;
  readonly #flights: Flights<Stand<RemoteTable>>;

  constructor(parts: RemoteCommitsParts) {
    this.#parts = parts;
    this.#flights = new Flights(parts.link);
  }

  /**
   * In one batch.
   *
   * @param engine if others may be sent before it is known what became of this one
   * @throws RemoteSqlError of kind `constraint`, for the caller to name
   */
  async commitAll(batches: readonly CommitBatch[], engine?: string): Promise<readonly number[]> {
    const [first] = batches;
    const last = batches.at(-1);
    if (first === undefined || last === undefined) return [];
    const standing = this.#basedOn(first.basedOn);
    const counts = batches.reduce((before, { writes }) => before.after(writes), standing.counts);
    const state = { ...standing.state, version: last.version, time: last.time, counts: counts.text(last.version) };
    const parts = batches.map((batch) => [
      ...writeStatements(batch.writes, (name) => this.#parts.standing.table(name), batch.now),
      ...outcomeStatements(batch),
    ]);
    const statements = [...mergeInserts(parts.flat(), this.#parts.dialect.mostParameters), endOfOurs];
    // What is read from here on is not changed by it, or waits for it.
    this.#parts.seen.clear();
    const stand = { ...standing, state, counts };
    const land = (): void => {
      this.#parts.standing.take(stand);
      for (const batch of batches) this.#parts.home.committed(batch);
    };
    const results = await this.#send(first.basedOn, stand, statements, land, engine);
    const rows = results.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    // Whose a row of several was is not said.
    return batches.length === 1 ? [rows] : parts.map((own) => own.length + 1);
  }

  async #send(
    basedOn: number,
    stand: Stand<RemoteTable>,
    statements: readonly SqlText[],
    land: () => void,
    engine: string | undefined,
  ): Promise<readonly RemoteResult[]> {
    const { version, time, counts } = stand.state;
    const state = { version, time, counts: counts ?? '' };
    if (engine !== undefined) {
      const mark = `${engine}:${version}`;
      const after = this.#flights.last?.flight.mark ?? null;
      const { awaitCommit } = this.#parts.dialect;
      const waiting: readonly SqlText[] = after === null || awaitCommit === null ? [] : [{ sql: awaitCommit, params: [] }];
      const sent = [...waiting, advanceMarked(basedOn, state, mark, after), ...statements];
      return await this.#flights.send({ version, mark }, stand, sent, land);
    }
    if (this.#flights.last !== null) throw new Error('What builds on a commit under way must be one itself.');
    const results = await this.#parts.link.write([advance(basedOn, state), ...statements]);
    this.#parts.link.stand(version);
    land();
    return results;
  }

  /** @throws BetterBaseError `commit/conflict` */
  #basedOn(version: number): Stand<RemoteTable> {
    const { last } = this.#flights;
    if (last === null) return this.#parts.standing.basedOn(version);
    if (last.stand.state.version === version) return last.stand;
    throw conflict(version, last.stand.state.version);
  }
}
