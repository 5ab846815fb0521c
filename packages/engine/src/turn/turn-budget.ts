import type { OperationResult, Outcome } from './turn.ts';

/** A turn stops early above either, so that one batch never fills an RPC message or a CPU budget. */
const mostAnswerCharacters = 8 * 1024 * 1024;
const mostMilliseconds = 5_000;

/** What one turn may still use. */
export class TurnBudget {
  readonly #now: () => number;
  readonly #until: number;
  #characters = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#until = now() + mostMilliseconds;
  }

  get isSpent(): boolean {
    return this.#characters > mostAnswerCharacters || this.#now() > this.#until;
  }

  spend(characters: number): void {
    this.#characters += characters;
  }
}

/** Characters of what is answered. */
export function textLength(result: OperationResult): number {
  if (result.do === 'move') return result.outcome.ok && result.outcome.value.move === 'read-export' ? result.outcome.value.text.length : 0;
  if (result.do !== 'query' && result.do !== 'mutation') return 0;
  return outcomeLength(result.do === 'query' ? result.answer.outcome : result.outcome);
}

export function outcomeLength(outcome: Outcome): number {
  return outcome.ok ? outcome.value.length : 0;
}
