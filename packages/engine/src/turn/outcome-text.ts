import type { Outcome } from './turn.ts';
import { answerHash } from '../reactivity/answer-hash.ts';

/** Equal for outcomes that a caller cannot tell apart; request ids do not count. */
export function outcomeHash(outcome: Outcome): string {
  if (outcome.ok) return answerHash(outcome.value);
  const { requestId: _requestId, ...said } = outcome.error;
  return answerHash(`!${JSON.stringify(said)}`);
}

export function encodeOutcome(outcome: Outcome): string {
  return JSON.stringify(outcome);
}

/** Reads what `encodeOutcome` wrote; only the engine's own database holds such texts. */
export function decodeOutcome(text: string): Outcome {
  return JSON.parse(text) as Outcome;
}
