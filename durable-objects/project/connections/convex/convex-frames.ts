/** What is said to Convex's clients, as text. Values are inserted as the engine made them and never parsed on the way. */
import type { Outcome } from '@betterbase/engine';
import { encodeTimestamp, toConvexFailure, toConvexLogLines, type WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from '../../turns/live-query.ts';
import type { ToldVersion } from '../socket-memory.ts';

export const pingFrame = '{"type":"Ping"}';

export function transitionFrame(from: ToldVersion, to: ToldVersion, changes: string, skew: number | null): string {
  const clock = skew === null ? '' : `,"clientClockSkew":${skew}`;
  return `{"type":"Transition","startVersion":${stateVersion(from)},"endVersion":${stateVersion(to)},"modifications":[${changes}]${clock}}`;
}

/**
 * Answers as parts of transitions.
 *
 * Holds: the text of each query's newest answer, so that it is made once however many watch it.
 */
export class ConvexAnswers {
  readonly #texts = new WeakMap<object, { readonly hash: string | null; readonly journal: string | null; readonly text: string }>();

  /** The text of the answer must be in memory. */
  change(id: number, query: LiveQuery<Watcher>): string {
    const { hash, journal, outcome } = query;
    let made = this.#texts.get(query);
    if (made === undefined || made.hash !== hash || made.journal !== journal) {
      made = { hash, journal, text: `${answer(outcome ?? { ok: true, value: 'null' })},"journal":${JSON.stringify(journal)}}` };
      this.#texts.set(query, made);
    }
    const type = outcome?.ok === false ? 'QueryFailed' : 'QueryUpdated';
    return `{"type":"${type}","queryId":${id},${made.text}`;
  }
}

export function failedChange(id: number, error: WireError): string {
  return `{"type":"QueryFailed","queryId":${id},${failure('errorMessage', error)},"logLines":[],"journal":null}`;
}

export function removedChange(id: number): string {
  return `{"type":"QueryRemoved","queryId":${id}}`;
}

export function mutationFrame(id: number, outcome: Outcome, version: number): string {
  const since = outcome.ok ? `,"ts":"${encodeTimestamp(version)}"` : '';
  return `{"type":"MutationResponse","requestId":${id},${result(outcome)}${since}}`;
}

export function actionFrame(id: number, outcome: Outcome): string {
  return `{"type":"ActionResponse","requestId":${id},${result(outcome)}}`;
}

/** `isNew`: the claim was refused just now; otherwise one that stood has expired. */
export function authErrorFrame(error: string, baseVersion: number, isNew: boolean): string {
  return JSON.stringify({ type: 'AuthError', error, baseVersion, authUpdateAttempted: isNew });
}

export function fatalFrame(error: WireError): string {
  return JSON.stringify({ type: 'FatalError', error: toConvexFailure(error).errorMessage });
}

function stateVersion({ querySet, identity, ts }: ToldVersion): string {
  return `{"querySet":${querySet},"identity":${identity},"ts":"${encodeTimestamp(ts)}"}`;
}

function answer(outcome: Outcome): string {
  const lines = `"logLines":${JSON.stringify(toConvexLogLines(outcome.lines))}`;
  return outcome.ok ? `"value":${outcome.value},${lines}` : `${failure('errorMessage', outcome.error)},${lines}`;
}

function result(outcome: Outcome): string {
  const lines = `"logLines":${JSON.stringify(toConvexLogLines(outcome.lines))}`;
  return outcome.ok ? `"success":true,"result":${outcome.value},${lines}` : `"success":false,${failure('result', outcome.error)},${lines}`;
}

function failure(field: 'errorMessage' | 'result', error: WireError): string {
  const { errorMessage, errorData } = toConvexFailure(error);
  const data = errorData === undefined ? '' : `,"errorData":${JSON.stringify(errorData)}`;
  return `"${field}":${JSON.stringify(errorMessage)}${data}`;
}
