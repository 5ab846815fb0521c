import type { KeptQueries } from '../reactivity/kept-queries.ts';
import type { LiveQueries } from '../reactivity/live-queries.ts';
import type { FinishedRun, FunctionRunner } from '../run/function-runner.ts';
import type { Announce } from './announce.ts';
import type { CommitLine } from './commit-line.ts';
import { outcomeHash } from './outcome-text.ts';
import type { OutsideWrites } from './outside-writes.ts';
import type { Standing } from './standing.ts';
import { outcomeLength, type TurnBudget } from './turn-budget.ts';
import type { Answer, FunctionCall, TurnOperation } from './turn.ts';

export type WantedAnswer = Omit<Extract<TurnOperation, { do: 'query' }>, 'do'>;

/** What those who watch are to be told. */
export interface News {
  readonly refreshed: Map<number, Answer>;
  readonly stale: number[];
}

export interface AnswersParts {
  readonly runner: FunctionRunner;
  readonly live: LiveQueries;
  readonly kept: KeptQueries;
  readonly outside: OutsideWrites;
  readonly announce: Announce;
  /** Null where commits are no round trips. */
  readonly line: () => CommitLine | null;
  readonly runsQueriesTwice: boolean;
}

/**
 * Runs queries, and runs them again when a commit has touched them.
 *
 * Does not hold: who reads what (`LiveQueries`).
 */
export class Answers {
  readonly #parts: AnswersParts;

  constructor(parts: AnswersParts) {
    this.#parts = parts;
  }

  /** Runs a query and remembers what it read, unless it failed and nobody watches it. */
  async run(standing: Standing, wanted: WantedAnswer): Promise<Answer> {
    const { live, kept, runner, announce, runsQueriesTwice } = this.#parts;
    const { query, call, pinned, journal = null } = wanted;
    const run = await announce('query', call, null, () => runner.run('query', call, standing.catalog, standing.times, journal));
    const hash = outcomeHash(run.outcome, run.journal);
    if (run.outcome.ok || pinned) live.set(query, { call, pinned, hash, reads: run.reads, journal: run.journal });
    else live.forget(query);
    if (pinned) kept.ran(query);
    else kept.forgotten(query);
    const report = runsQueriesTwice ? await this.#reportHiddenState(standing, call, run, hash) : run.report;
    const { outcome, readIdentity, readClock } = run;
    return { query, outcome, hash, readIdentity, readClock, report, ...(run.journal === null ? {} : { journal: run.journal }) };
  }

  /** Answers what the commits touched and is watched; when the budget is spent the rest is stale, and the caller asks anew. */
  async refresh(standing: Standing, touched: Set<number>, budget: TurnBudget, { refreshed, stale }: News): Promise<void> {
    const { live, kept, outside, line } = this.#parts;
    for (const number of touched) {
      // Others may write meanwhile, and touch it again.
      touched.delete(number);
      const query = live.get(number);
      if (query === undefined) continue;
      if (!query.pinned || (refreshed.size > 0 && budget.isSpent)) {
        live.forget(number);
        kept.forgotten(number);
        refreshed.delete(number);
        stale.push(number);
        continue;
      }
      const { hash, call, journal } = query;
      const wanted = { query: number, call, pinned: true, ...(journal === null ? {} : { journal }) };
      const again = async (): Promise<Answer> => {
        if (line()?.isStale === true) await line()?.flush();
        return await this.run(standing, wanted);
      };
      const answer = await outside.current(standing, again, touched);
      if (answer.hash === hash) continue;
      budget.spend(outcomeLength(answer.outcome));
      refreshed.set(number, answer);
    }
  }

  /** In development a query runs twice: what differs does not come from its arguments and its reads alone. */
  async #reportHiddenState(standing: Standing, call: FunctionCall, first: FinishedRun, hash: string): Promise<FinishedRun['report']> {
    if (first.readClock || !first.outcome.ok) return first.report;
    const second = await this.#parts.runner.run('query', call, standing.catalog, standing.times, first.journal);
    if (outcomeHash(second.outcome, second.journal) === hash) return first.report;
    const text = `\`${call.path}\` gave two different answers to the same call. Queries must depend on their arguments and the database only; look for module-level state that changes.`;
    return { ...first.report, lines: [...first.report.lines, { level: 'warn', text }] };
  }
}
