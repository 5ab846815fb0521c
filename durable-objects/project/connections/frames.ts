/** Server messages as text. Values are inserted as the engine made them and never parsed on the way. */
import { errorCodes } from '@betterbase/core';
import type { Outcome } from '@betterbase/engine';
import { protocolVersion, type WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from '../turns/live-query.ts';

export function connectedFrame(session: string, resumed: boolean): string {
  return `{"type":"connected","session":${JSON.stringify(session)},"resumed":${resumed},"protocol":${protocolVersion}}`;
}

export function transitionFrame(from: number, changes: string, finished: string, identity: number | null = null): string {
  const introduced = identity === null ? '' : `,"identity":${identity}`;
  return `{"type":"transition","from":${from},"to":${from + 1},"changes":[${changes}],"finished":[${finished}]${introduced}}`;
}

/** The newest answer of a query as a change. Its text must be in memory. */
export function answerChange(id: number, query: LiveQuery<Watcher>): string {
  if (query.change === null) {
    const outcome = query.outcome ?? { ok: true, value: 'null' };
    const journal = query.journal === null ? '' : `,"journal":${JSON.stringify(query.journal)}`;
    query.change = `,${outcomeField(outcome)},"hash":${JSON.stringify(query.hash)}${journal}}`;
  }
  return `{"id":${id}${query.change}`;
}

/**
 * Transitions with one answer, which many watchers of a query get alike.
 *
 * Holds: the last one made, so that the same text is made and flattened once for all who are at the same version.
 */
export class TransitionFrames {
  #from = -1;
  #id = -1;
  #change: string | null = null;
  #frame = '';

  ofAnswer(from: number, id: number, query: LiveQuery<Watcher>): string {
    if (from === this.#from && id === this.#id && query.change !== null && query.change === this.#change) return this.#frame;
    this.#frame = transitionFrame(from, answerChange(id, query), '');
    this.#from = from;
    this.#id = id;
    this.#change = query.change;
    return this.#frame;
  }

  /** Does not keep the text any longer. */
  clear(): void {
    this.#change = null;
    this.#frame = '';
  }
}

export function sameChange(id: number): string {
  return `{"id":${id},"same":true}`;
}

export function refusedChange(id: number, error: WireError): string {
  return `{"id":${id},"error":${JSON.stringify(error)},"hash":"refused"}`;
}

export function finishedCall(id: number, outcome: Outcome): string {
  return `{"id":${id},${outcomeField(outcome)}}`;
}

export function actionFinishedFrame(id: number, outcome: Outcome): string {
  return `{"type":"action-finished","id":${id},${outcomeField(outcome)}}`;
}

export function fatalFrame(error: WireError): string {
  return `{"type":"fatal","error":${JSON.stringify(error)},"retry":"${errorCodes[error.code].retry}"}`;
}

function outcomeField(outcome: Outcome): string {
  return outcome.ok ? `"value":${outcome.value}` : `"error":${JSON.stringify(outcome.error)}`;
}
