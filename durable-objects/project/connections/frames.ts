/** Server messages as text. Values are inserted as the engine made them and never parsed on the way. */
import type { Outcome } from '@betterbase/engine';
import { protocolVersion, type WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from '../turns/live-query.ts';

export function connectedFrame(session: string, resumed: boolean): string {
  return `{"type":"connected","session":${JSON.stringify(session)},"resumed":${resumed},"protocol":${protocolVersion}}`;
}

export function transitionFrame(from: number, changes: string, finished: string): string {
  return `{"type":"transition","from":${from},"to":${from + 1},"changes":[${changes}],"finished":[${finished}]}`;
}

/** The newest answer of a query as a change. Null when its text is not in memory. */
export function answerChange(id: number, query: LiveQuery<Watcher>): string | null {
  if (query.change === null) {
    if (query.outcome === null) return null;
    const journal = query.journal === null ? '' : `,"journal":${JSON.stringify(query.journal)}`;
    query.change = `,${outcomeField(query.outcome)},"hash":${JSON.stringify(query.hash)}${journal}}`;
  }
  return `{"id":${id}${query.change}`;
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
  return `{"type":"fatal","error":${JSON.stringify(error)}}`;
}

function outcomeField(outcome: Outcome): string {
  return outcome.ok ? `"value":${outcome.value}` : `"error":${JSON.stringify(outcome.error)}`;
}
