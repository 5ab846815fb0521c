/**
 * Which function calls have started and not been seen to finish, so that a hang or crash can be named.
 *
 * Queries and mutations run to completion one at a time, so the call that started last is the one that holds the runtime,
 * unless its end was heard: then it is an action that had been waiting.
 */
import { isRecord } from '../json/is-record.ts';

export interface RunningCall {
  readonly path: string;
  readonly kind: string;
  readonly requestId: string;
  /** The same for a call that is sent or run again: a query's path, a mutation's place in its session. */
  readonly identity: string;
  /** The object as the engine printed it, handed back to the platform after a restart. */
  readonly json: string;
}

const prefix = '\u0001BB ';
const remembered = 256;

export type RunLine = { readonly tells: 'start'; readonly call: RunningCall } | { readonly tells: 'end'; readonly requestId: string };

/** A line by which the runtime tells that a function starts or ends; null for every other line. */
export function parseRunLine(line: string): RunLine | null {
  if (!line.startsWith(prefix)) return null;
  const message: unknown = JSON.parse(line.slice(prefix.length));
  if (!isRecord(message)) return null;
  if (typeof message['finished'] === 'string') return { tells: 'end', requestId: message['finished'] };
  if (!isRecord(message['running'])) return null;
  const { path, kind, requestId, session, id } = message['running'];
  if (typeof path !== 'string' || typeof kind !== 'string' || typeof requestId !== 'string') return null;
  const identity = JSON.stringify(kind === 'mutation' ? [path, session, id] : [path]);
  return { tells: 'start', call: { path, kind, requestId, identity, json: JSON.stringify(message['running']) } };
}

export class RunningCalls {
  readonly #open = new Map<string, RunningCall>();
  /** Log entries come by another way than starts, so one may be heard before the start of its call. */
  readonly #finished = new Set<string>();

  started(call: RunningCall): void {
    if (this.#finished.has(call.requestId)) return;
    this.#open.delete(call.requestId);
    this.#open.set(call.requestId, call);
    dropOldest(this.#open);
  }

  /** It ran to its end. What was tried may be run again under the same id. */
  ended(requestId: string): void {
    this.#open.delete(requestId);
  }

  /** It is over: its log entry has come. */
  finished(requestId: string): void {
    this.#open.delete(requestId);
    this.#finished.add(requestId);
    dropOldest(this.#finished);
  }

  /** The call that most likely holds the runtime; forgets all of them, because the runtime is about to go. */
  takeSuspect(): RunningCall | null {
    const suspect = [...this.#open.values()].at(-1) ?? null;
    this.#open.clear();
    return suspect;
  }
}

function dropOldest(calls: Map<string, unknown> | Set<string>): void {
  const [oldest] = calls.keys();
  if (calls.size > remembered && oldest !== undefined) calls.delete(oldest);
}
