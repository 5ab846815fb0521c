import type { FinishedRun, FunctionRunner } from '../run/function-runner.ts';
import type { ProjectStore } from '../ports/project-store.ts';
import type { RequestKey } from '../ports/document-store.ts';
import type { Announce } from './announce.ts';
import { CommitLine, type Turn } from './commit-line.ts';
import { type Commits, mutationResult, replay } from './commits.ts';
import type { GuardWanted, JobOperations } from './job-operations.ts';
import type { OutsideWrites } from './outside-writes.ts';
import { runWithTables } from './run-with-tables.ts';
import type { StandingTables } from './standing-tables.ts';
import type { Standing } from './standing.ts';
import { textLength } from './turn-budget.ts';
import type { FunctionCall, Identity, OperationResult } from './turn.ts';

/** A mutation whose result is among the turn's already, and not yet certain. */
export interface InLine {
  readonly do: 'in line';
  readonly characters: number;
}

export interface MutationsParts {
  readonly store: ProjectStore;
  readonly runner: FunctionRunner;
  readonly announce: Announce;
  readonly commits: Commits;
  readonly jobs: JobOperations;
  readonly outside: OutsideWrites;
  readonly tables: StandingTables;
  readonly now: () => number;
  readonly isDevelopment: boolean;
}

interface WantedMutation {
  readonly request: RequestKey;
  readonly call: FunctionCall;
}

/**
 * Runs mutations and sees to it that what they come to is committed.
 *
 * Holds: those that have run and are not known to be committed, where commits are round trips.
 */
export class Mutations {
  readonly #parts: MutationsParts;
  #line: CommitLine | null = null;

  constructor(parts: MutationsParts) {
    this.#parts = parts;
  }

  /** Null where commits are no round trips, or nothing has run yet. */
  get line(): CommitLine | null {
    return this.#line;
  }

  /** Where commits are round trips they wait for each other from here on. */
  stand(standing: Standing): void {
    if (this.#parts.store.joint !== undefined) this.#line = this.#newLine(standing);
  }

  async perform(standing: Standing, wanted: WantedMutation, turn: Turn): Promise<OperationResult | GuardWanted | InLine> {
    return await this.#mutate(standing, wanted, turn, this.#line);
  }

  /** Runs one on the tables that there are, or that it wants to be there. */
  run(standing: Standing, call: FunctionCall): Promise<FinishedRun> {
    const { runner, isDevelopment, tables } = this.#parts;
    const run = (): Promise<FinishedRun> => runner.run('mutation', call, standing.catalog, standing.times);
    const make = async (names: ReadonlySet<string>): Promise<void> => {
      await this.#line?.flush();
      await tables.add(standing, names);
    };
    return runWithTables({ call, isDevelopment, run, make });
  }

  async #mutate(
    standing: Standing,
    { request, call }: WantedMutation,
    turn: Turn,
    line: CommitLine | null,
  ): Promise<OperationResult | GuardWanted | InLine> {
    const { store, announce, jobs, commits, now } = this.#parts;
    const identity = identityText(call.identity);
    if (request.session !== null && line === null) {
      const stored = await store.find(request);
      if (stored !== null) return replay(stored, identity, call);
    }
    const timeBefore = standing.times.last;
    const run = await announce('mutation', call, request, () => this.run(standing, call));
    const guard = jobs.guardFor(turn.request.armedAt, run.writes);
    if (guard !== null) {
      standing.times.reset(timeBefore);
      return guard;
    }
    const finished = { request, identity, run, call };
    if (line === null) return await commits.settle(standing, finished, turn.touched);
    // What it has read, and so its outcome, may be anything then.
    if (store.lost != null) throw store.lost;
    if (line.admits(run)) {
      const waiting = { ...finished, time: standing.times.last, now: now() };
      const provisional = mutationResult(finished, run.outcome, standing.version, 0);
      const wanted = await line.join(waiting, turn, provisional);
      return wanted ?? { do: 'in line', characters: textLength(provisional) };
    }
    return (await line.flush()) ?? (await commits.settle(standing, finished, turn.touched));
  }

  #newLine(standing: Standing): CommitLine {
    const { store, outside, commits } = this.#parts;
    const notOurs = async <T>(work: Promise<T>): Promise<T> => {
      const done = await work;
      outside.beginsAt(standing.version);
      return done;
    };
    return new CommitLine({
      version: () => standing.version,
      isLost: () => store.lost != null,
      send: (waiting, { touched }) => commits.send(standing, waiting, touched),
      commit: (waiting, { touched }) => notOurs(commits.settle(standing, waiting, touched)),
      runAgain: async (waiting, turn) => {
        const result = await notOurs(this.#mutate(standing, waiting, turn, null));
        if (result.do === 'in line') throw new Error('What runs alone waits for nobody.');
        return result;
      },
    });
  }
}

export function identityText(identity: Identity | null): string {
  return identity?.tokenIdentifier ?? '';
}
