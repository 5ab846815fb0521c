import type { FunctionCall, Outcome } from '@betterbase/engine';
import type { Caller } from './caller.ts';

/** Somebody who is to see every new answer of a query. */
export interface Watcher {
  readonly caller: Caller;
  /** Where the pages in the answer it holds end, if it has pages: they keep these ends. */
  readonly journal?: string | null;
}

/** Somebody who wants one answer. */
export interface Asker {
  readonly caller: Caller;
  /** Called once. */
  answer(outcome: Outcome, isCached: boolean): void;
}

/** One query that somebody watches, asks for, or may ask for again. The switchboard's side of it. */
export interface LiveQuery<W extends Watcher> {
  /** Its name in the engine. */
  readonly number: number;
  readonly call: FunctionCall;
  readonly caller: Caller;
  /** Path, reach, arguments, and where its pages were to end: whoever asks with these may share it, if it did not read who is asking. */
  readonly key: string;
  isShared: boolean;
  /** `waiting`: in line for a run. `running`: its run is in the turn under way. `live`: answered, and told of changes. `gone`: dropped. */
  state: 'new' | 'waiting' | 'running' | 'live' | 'gone';
  /** The newest answer. Null before the first, and when its text was dropped to save memory. */
  outcome: Outcome | null;
  /** Of the newest answer; null before the first. */
  hash: string | null;
  /** Where the pages of the newest answer end, for its next run; null if it has none. */
  journal: string | null;
  /** The answer as part of a transition, made when first needed. */
  change: string | null;
  /** When the answer may not be given to newcomers any more, ms; it read time or chance. */
  expiresAt: number;
  characters: number;
  readonly watchers: Set<W>;
  askers: Asker[];
  /** The answer says that the query is not run, which the data does not say. */
  isRefused: boolean;
  /** Whether the engine may know it by its number. */
  isInEngine: boolean;
  /** What the engine was last told. */
  isPinned: boolean;
}

export function isWanted(query: LiveQuery<Watcher>): boolean {
  return query.watchers.size > 0 || query.askers.length > 0;
}

/** A query that nobody wants yet. */
export function createQuery<W extends Watcher>(number: number, call: FunctionCall, caller: Caller, journal: string | null): LiveQuery<W> {
  return {
    number,
    call,
    caller,
    key: sharedKey(caller, call.path, call.args, journal),
    isShared: false,
    state: 'new',
    outcome: null,
    hash: null,
    journal,
    change: null,
    expiresAt: Number.POSITIVE_INFINITY,
    characters: 0,
    watchers: new Set(),
    askers: [],
    isRefused: false,
    isInEngine: false,
    isPinned: false,
  };
}

/** Whoever asked is answered; who watches is told otherwise. */
export function answerAskers(query: LiveQuery<Watcher>, outcome: Outcome): void {
  if (query.askers.length === 0) return;
  const { askers } = query;
  query.askers = [];
  for (const asker of askers) asker.answer(outcome, false);
}

/** A path holds no line break and no exclamation mark, and arguments no line break, so different calls have different keys. */
export function sharedKey({ reach }: Caller, path: string, args: string, journal: string | null = null): string {
  const key = reach === 'public' ? `${path}\n${args}` : `!${path}\n${args}`;
  return journal === null ? key : `${key}\n${journal}`;
}
