import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import { withoutIds } from '../keys/not-unique.ts';
import type { CommitBatch, DocumentStore, OutcomeStore, StoredOutcome } from '../ports/document-store.ts';
import type { StoreParts } from '../ports/project-store.ts';
import type { KeptQueries } from '../reactivity/kept-queries.ts';
import type { LiveQueries } from '../reactivity/live-queries.ts';
import type { FinishedRun } from '../run/function-runner.ts';
import { toFailure } from '../run/wire-failure.ts';
import type { JobBoard } from '../schedule/job-board.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import type { TimeSource } from '../transaction/time-source.ts';
import type { Landed, Waiting } from './commit-line.ts';
import type { FinishedMutation } from './finished-mutation.ts';
import { decodeOutcome, encodeOutcome } from './outcome-text.ts';
import type { FunctionCall, OperationResult, Outcome } from './turn.ts';

/** Outcomes that only their batch remembers are dropped when this many have gathered. */
const sweepEvery = 512;

export interface CommitsParts {
  readonly store: DocumentStore & OutcomeStore & Pick<StoreParts, 'joint'>;
  readonly live: LiveQueries;
  readonly kept: KeptQueries;
  readonly board: JobBoard;
  readonly now: () => number;
  /** What no other engine is called. */
  readonly engine: string;
  /** What was sent has happened, and made this the newest version. */
  readonly onLanded: (version: number) => void;
  /** Development tells callers the messages of plain errors. */
  readonly isDevelopment: boolean;
}

/** As much of where the engine stands as a commit looks at, and moves. */
export interface CommitStanding {
  version: number;
  readonly catalog: TableCatalog;
  readonly times: TimeSource;
}

/** What is committed of a mutation, or of what the system does. */
type Commitment = Pick<CommitBatch, 'writes' | 'outcome' | 'time' | 'now'>;

/**
 * What becomes of runs that have writes or an outcome.
 *
 * Holds: how many outcomes only their batch remembers.
 * Always true: whatever live query has read what is written is named before anybody is told of the commit.
 */
export class Commits {
  readonly #parts: CommitsParts;
  #sweepable = 0;
  /** How many versions are under way. */
  #ahead = 0;

  constructor(parts: CommitsParts) {
    this.#parts = parts;
  }

  get isSweepDue(): boolean {
    return this.#sweepable >= sweepEvery;
  }

  /** Drops the outcomes that nobody can ask for again. */
  async sweep(version: number): Promise<void> {
    await this.#parts.store.sweep(version, 0);
    this.#sweepable = 0;
  }

  /** Commits a finished mutation with its outcome. A commit that is refused becomes the outcome, and nothing is written. */
  async settle(standing: CommitStanding, finished: FinishedMutation, touched: Set<number>): Promise<OperationResult> {
    const { request, identity, run, call } = finished;
    let { outcome } = run;
    const committed = async (writes: FinishedRun['writes']): Promise<OperationResult> => {
      const stored = { request, identity, outcome: encodeOutcome(outcome) };
      const rows = await this.commit(standing, writes, stored, touched);
      return mutationResult(finished, outcome, standing.version, rows);
    };
    try {
      if (outcome.ok && run.writes.length > 0) {
        try {
          return await committed(run.writes);
        } catch (refused) {
          if (hasOutcome(refused)) throw refused;
          const told = run.actsAsUser ? withoutIds(refused) : refused;
          outcome = { ok: false, error: toFailure(told, { ...call, isDevelopment: this.#parts.isDevelopment }).error };
        }
      }
      return request.session === null ? mutationResult(finished, outcome, standing.version, 0) : await committed([]);
    } catch (refused) {
      const stored = hasOutcome(refused) ? await this.#parts.store.find(request) : null;
      if (stored === null) throw refused;
      return replay(stored, identity, call);
    }
  }

  /** Sends several in one round trip, which may be before those sent earlier have landed. The landing fails when any of them is refused: then none is committed. */
  async send(standing: CommitStanding, waiting: readonly Waiting[], touched: Set<number>): Promise<{ readonly landing: Promise<Landed> }> {
    const leavesTrace = ({ request, run }: Waiting): boolean => request.session !== null || (run.outcome.ok && run.writes.length > 0);
    const committed = waiting.filter(leavesTrace);
    const prepared = await this.#prepare(standing, committed.map(toCommitment));
    const landing = this.#fly(standing, prepared, touched);
    // Whoever is interested in it may come a moment later.
    landing.catch(() => undefined);
    const landed = async (): Promise<Landed> => {
      const { from, rows } = await landing;
      const results = waiting.map((each) => {
        const place = committed.indexOf(each);
        return mutationResult(each, each.run.outcome, place < 0 ? standing.version : from + place + 1, rows[place] ?? 0);
      });
      return { results, from, to: from + committed.length };
    };
    return { landing: landed() };
  }

  async commit(
    standing: CommitStanding,
    writes: FinishedRun['writes'],
    outcome: Commitment['outcome'],
    touched = new Set<number>(),
  ): Promise<number> {
    const { times } = standing;
    const prepared = await this.#prepare(standing, [{ writes, outcome, time: times.last, now: this.#parts.now() }]);
    const [batch] = prepared.batches;
    const rows = batch === undefined ? 0 : await this.#parts.store.commit(batch);
    this.#landed(standing, prepared, touched);
    return rows;
  }

  /** What is sent when all that is under way has been, and what it touches. */
  async #prepare(standing: CommitStanding, commitments: readonly Commitment[]): Promise<Prepared> {
    const { live, kept } = this.#parts;
    const hit = new Set<number>();
    const writes = commitments.length === 1 ? (commitments[0]?.writes ?? []) : commitments.flatMap((each) => each.writes);
    await kept.prepare(writes, standing.catalog);
    live.collectTouched(writes, (table) => standing.catalog.find(table)?.indexes ?? [], hit);
    const stale = kept.among(hit);
    const base = standing.version + this.#ahead;
    const batches = commitments.map((each, at): CommitBatch => {
      const basedOn = base + at;
      return { basedOn, version: basedOn + 1, ...each, ...(stale.length === 0 ? {} : { stale }) };
    });
    return { batches, writes, hit, stale };
  }

  async #fly(standing: CommitStanding, prepared: Prepared, touched: Set<number>): Promise<Rows> {
    const { store, engine, onLanded } = this.#parts;
    const { batches } = prepared;
    if (batches.length === 0) return { from: standing.version, rows: [] };
    let rows: readonly number[];
    this.#ahead += batches.length;
    try {
      rows = (await store.joint?.commitAll(batches, engine)) ?? [];
    } finally {
      this.#ahead -= batches.length;
    }
    const from = standing.version;
    this.#landed(standing, prepared, touched);
    onLanded(standing.version);
    return { from, rows };
  }

  /** Adds to `touched` the live queries that have read what is written. */
  #landed(standing: CommitStanding, { batches, writes, hit, stale }: Prepared, touched: Set<number>): void {
    const { kept, board } = this.#parts;
    kept.markedStale(stale);
    for (const query of hit) touched.add(query);
    standing.version += batches.length;
    for (const { outcome } of batches) if (outcome?.request.session === null) this.#sweepable++;
    board.committed(writes);
  }
}

interface Prepared {
  readonly batches: readonly CommitBatch[];
  readonly writes: FinishedRun['writes'];
  readonly hit: ReadonlySet<number>;
  /** Of those, the kept ones that were not stale. */
  readonly stale: readonly number[];
}

interface Rows {
  /** The version that they were committed on. */
  readonly from: number;
  /** Written, by each. */
  readonly rows: readonly number[];
}

export function mutationResult({ run }: FinishedMutation, outcome: Outcome, version: number, rowsWritten: number): OperationResult {
  return { do: 'mutation', outcome, version, replayed: false, report: { ...run.report, rowsWritten } };
}

function toCommitment({ request, identity, run, time, now }: Waiting): Commitment {
  return { writes: run.writes, outcome: { request, identity, outcome: encodeOutcome(run.outcome) }, time, now };
}

/** The request was carried out before. */
function hasOutcome(refused: unknown): boolean {
  return isBetterBaseError(refused) && refused.code === 'request/duplicate';
}

/** What is told to whoever sends a request again. */
export function replay(stored: StoredOutcome, identity: string, call: FunctionCall): OperationResult {
  const report = { path: call.path, milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] };
  if (stored.identity === identity)
    return { do: 'mutation', outcome: decodeOutcome(stored.outcome), version: stored.version, replayed: true, report };
  const refused = new BetterBaseError('request/other-identity', 'This request id was used by somebody else.', {
    hint: 'Send the mutation again under a new id.',
  });
  return {
    do: 'mutation',
    outcome: { ok: false, error: toFailure(refused, { ...call, isDevelopment: false }).error },
    version: stored.version,
    replayed: true,
    report,
  };
}
