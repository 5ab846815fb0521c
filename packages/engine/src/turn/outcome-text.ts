import type { WireError } from '@betterbase/protocol';
import type { Outcome } from './turn.ts';
import { answerHash } from '../reactivity/answer-hash.ts';

/** Equal for answers that a caller cannot tell apart, where their pages end included; request ids do not count. */
export function outcomeHash(outcome: Outcome, journal: string | null): string {
  const text = outcome.ok ? outcome.value : errorText(outcome.error);
  return answerHash(journal === null ? text : `${text}\n${journal}`);
}

function errorText({ requestId: _requestId, ...said }: WireError): string {
  return `!${JSON.stringify(said)}`;
}

export function encodeOutcome(outcome: Outcome): string {
  return JSON.stringify(outcome);
}

/** Reads what `encodeOutcome` wrote; only the engine's own database holds such texts. */
export function decodeOutcome(text: string): Outcome {
  return JSON.parse(text) as Outcome;
}
