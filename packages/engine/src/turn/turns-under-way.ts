import type { CommitLine, Turn } from './commit-line.ts';
import type { GuardWanted } from './job-operations.ts';
import type { TurnBudget } from './turn-budget.ts';
import type { TurnOperation, TurnResult } from './turn.ts';

/** A turn that has run what it was asked to, before anybody is told. */
export interface BegunTurn extends Turn {
  readonly budget: TurnBudget;
  /** What it needs before its rest can be run. */
  guard: GuardWanted | null;
}

interface UnderWay {
  readonly turn: BegunTurn;
  readonly resolve: (result: TurnResult) => void;
  readonly reject: (failure: unknown) => void;
}

/**
 * Turns whose commits are under way, while others run.
 *
 * Holds: them, in order, and what their commits have touched. Always true: they are told in order, and none before all of its
 * commits, and what they touch, are known.
 */
export class TurnsUnderWay {
  /** Of all of them: an answer may have seen any commit that has landed, so nobody is told one without the others. */
  readonly touched = new Set<number>();
  #turns: UnderWay[] = [];

  get isEmpty(): boolean {
    return this.#turns.length === 0;
  }

  add(turn: BegunTurn): Promise<TurnResult> {
    const result = new Promise<TurnResult>((resolve, reject) => this.#turns.push({ turn, resolve, reject }));
    // Whoever waits for it waits for its commits first.
    result.catch(() => undefined);
    return result;
  }

  /** Whether the first of them can be told. */
  hasLanded(line: CommitLine): boolean {
    const [first] = this.#turns;
    return first !== undefined && !line.holds(first.turn);
  }

  holds(turn: BegunTurn): boolean {
    return this.#turns.some((each) => each.turn === turn);
  }

  /** Takes those that can be told, in order. */
  takeLanded(line: CommitLine): readonly UnderWay[] {
    const next = this.#turns.findIndex(({ turn }) => line.holds(turn));
    const landed = next === -1 ? this.#turns : this.#turns.slice(0, next);
    this.#turns = this.#turns.slice(landed.length);
    return landed;
  }

  /** Nobody can be told anything any more. */
  fail(failure: unknown): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const { reject } of turns) reject(failure);
  }
}

/** What a turn may hold that begins while others are under way: nothing whose answer they might change again before it is told. */
export function goesBeside({ do: kind }: TurnOperation): boolean {
  return kind === 'mutation' || kind === 'pin' || kind === 'forget';
}
