import type { Answer, FunctionCall, Outcome, TurnOperation } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { Caller } from './caller.ts';
import { EngineKnowledge } from './engine-knowledge.ts';
import { answerAskers, type Asker, createQuery, isWanted, type LiveQuery, sharedKey, type Watcher } from './live-query.ts';
import { Refusals, refusalLife } from './refusals.ts';
import { QueryShelf } from './query-shelf.ts';

/** How long an answer that read time or chance may be given to newcomers, ms. */
const clockAnswerLife = 5_000;

export interface LiveQueriesParts<W extends Watcher> {
  readonly now: () => number;
  /** Characters of answers kept in memory. */
  readonly maxCharacters: number;
  /** Puts a query in line for its first run. @throws BetterBaseError `limit/overloaded` */
  readonly enqueue: (query: LiveQuery<W>) => void;
  /** A query must run again. */
  readonly wake: () => void;
  /** The query turned out to be somebody else's: this watcher must watch anew as itself. */
  readonly rehome: (watcher: W) => void;
  /** The engine speaks of a query that is not in memory: `restore`s it, if anybody has watched it since before we fell asleep. */
  readonly bring: (number: number) => void;
}

/** A query that was watched when we fell asleep, and that the engine has kept. */
export interface RestedQuery<W> {
  readonly number: number;
  readonly call: FunctionCall;
  /** For whom it ran. */
  readonly caller: Caller;
  readonly journal: string | null;
  /** All of them. */
  readonly watchers: readonly W[];
}

/**
 * The queries whose answers somebody sees, or may ask for again.
 *
 * Holds: each query's newest answer as text, who watches it, and which must run.
 * Does not hold: connections, read sets; what the engine knows (`EngineKnowledge`) and where queries are found (`QueryShelf`).
 * Always true: an answer given from here is one that no commit since has touched; whoever asks with the same call while a
 * run is under way gets that run's answer; an answer that read who is asking goes to that identity only.
 */
export class LiveQueries<W extends Watcher> {
  readonly #parts: LiveQueriesParts<W>;
  readonly #shelf = new QueryShelf<W>();
  /** Until they are answered, watchers may see something older than the newest commit. */
  readonly #reruns = new Set<LiveQuery<W>>();
  readonly #engine = new EngineKnowledge<W>((query) => (isWanted(query) ? this.#rerunOrRefuse(query) : this.#drop(query)));
  readonly #refusals: Refusals;
  /** Watched ones that were refused instead of run. */
  readonly #refused = new Set<LiveQuery<W>>();
  #changed = new Set<LiveQuery<W>>();
  #lastNumber = 0;

  constructor(parts: LiveQueriesParts<W>) {
    this.#parts = parts;
    this.#refusals = new Refusals(parts.now);
  }

  get size(): number {
    return this.#shelf.size;
  }

  get characters(): number {
    return this.#shelf.characters;
  }

  /** True while answers that are watched may be older than the newest commit. */
  get isCatchingUp(): boolean {
    return this.#reruns.size > 0 || this.#engine.isInDoubt;
  }

  /** The number of the newest query. */
  get lastNumber(): number {
    return this.#lastNumber;
  }

  /** An earlier life has numbered queries up to here. */
  startAfter(number: number): void {
    this.#lastNumber = number;
  }

  /** An answer that is still right, or null. */
  cached(caller: Caller, path: string, args: string): Outcome | null {
    const query = this.#shelf.find(caller, sharedKey(caller, path, args));
    if (query === undefined || !this.#isFresh(query)) return null;
    this.#shelf.touch(query);
    return query.outcome;
  }

  /** @throws BetterBaseError `limit/overloaded` */
  ask(call: FunctionCall, caller: Caller, asker: Asker): void {
    const query = this.#open(call, caller);
    if (query.state === 'live' && query.outcome !== null) return asker.answer(query.outcome, true);
    query.askers.push(asker);
    this.#line(query);
  }

  /**
   * The query is told to this watcher from now on. If it is `live`, its answer is there already.
   *
   * @throws BetterBaseError `limit/overloaded`
   */
  watch(call: FunctionCall, watcher: W): LiveQuery<W> {
    const query = this.#open(call, watcher.caller, watcher.journal);
    query.watchers.add(watcher);
    this.#line(query);
    if (query.state === 'live') this.#engine.pinChanged(query);
    return query;
  }

  /** Goes on with a query that rested. Its watchers hold its answer, which is not known here. */
  restore({ number, call, caller, journal, watchers }: RestedQuery<W>): LiveQuery<W> {
    const query = createQuery<W>(number, call, caller, journal);
    query.state = 'live';
    query.isInEngine = true;
    query.isPinned = true;
    for (const watcher of watchers) query.watchers.add(watcher);
    this.#shelf.add(query);
    return query;
  }

  /** Nothing that is kept can be trusted: the engine forgets it, and all that is wanted runs again. */
  doubt(): void {
    this.restarted();
    this.#engine.doubt();
  }

  has(number: number): boolean {
    return this.#shelf.get(number) !== undefined;
  }

  /** Nobody watches this query any more, which is not in memory. */
  forget(number: number): void {
    this.#engine.forget(number);
  }

  /** What the engine must be asked before it is told anything. */
  takeQuestion(): Extract<TurnOperation, { do: 'resume' }> | null {
    return this.#engine.takeQuestion();
  }

  /** The engine knows all that was asked for but these. */
  resumed(unknown: readonly number[]): void {
    this.#engine.resumed(unknown);
  }

  unwatch(query: LiveQuery<W>, watcher: W): void {
    query.watchers.delete(watcher);
    if (query.watchers.size > 0) return;
    if (this.#isFresh(query) && query.outcome?.ok === true) this.#engine.pinChanged(query);
    else if (!isWanted(query) && query.state !== 'running') this.#drop(query);
  }

  /** The text of a watched answer was dropped, and somebody needs it. */
  revive(query: LiveQuery<W>): void {
    if (query.state === 'live') this.#rerun(query);
  }

  /** Adds what the engine must know before anything else happens in the next turn. */
  takeChanges(operations: TurnOperation[]): void {
    this.#engine.takeChanges(operations);
  }

  /** The next queries that must run before any mutation does. */
  takeReruns(most: number): readonly LiveQuery<W>[] {
    for (const query of this.#refused) this.#retry(query);
    const taken: LiveQuery<W>[] = [];
    for (const query of this.#reruns) {
      if (taken.length >= most) break;
      if (query.state === 'waiting') taken.push(query);
    }
    return taken;
  }

  /** The operation that runs a query now, or null when it need not run any more. */
  start(query: LiveQuery<W>): TurnOperation | null {
    if (query.state !== 'waiting') return null;
    if (!isWanted(query)) {
      this.#drop(query);
      return null;
    }
    query.state = 'running';
    this.#engine.runs(query);
    const { number, call, isPinned: pinned, journal } = query;
    return { do: 'query', query: number, call, pinned, ...(journal === null ? {} : { journal }) };
  }

  /** The engine stopped before this query's turn came. */
  postponed(query: LiveQuery<W>): void {
    if (query.state === 'running') this.#rerun(query);
  }

  answered(query: LiveQuery<W>, answer: Answer): void {
    this.#reruns.delete(query);
    if (query.state === 'running') {
      query.state = 'live';
      this.#accept(query, answer);
    }
    answerAskers(query, answer.outcome);
    if (query.state !== 'live') return;
    if (query.watchers.size === 0 && !answer.outcome.ok) this.#drop(query);
    else this.#engine.pinChanged(query);
  }

  /** A pinned query ran again after a commit. Returns it, if anybody still knows it. */
  refreshed(answer: Answer): LiveQuery<W> | undefined {
    const query = this.#find(answer.query);
    if (query === undefined) this.#engine.forget(answer.query);
    else this.#accept(query, answer);
    return query;
  }

  /** A commit touched it and the engine does not know it any more. */
  stale(number: number): void {
    const query = this.#find(number);
    if (query === undefined) return;
    query.isInEngine = false;
    if (isWanted(query)) this.#rerun(query);
    else this.#drop(query);
  }

  /** The engine has started anew: of what is watched it is asked what it has kept, and the rest of what is wanted runs again. */
  restarted(): void {
    this.#engine.restarted(this.#shelf.all());
  }

  /** As `restarted`, and mutations have run that touched what nobody was told of: the engine knows, and says so when asked. */
  lost(): void {
    this.restarted();
    this.#engine.ask();
  }

  /** Other code runs from now on. */
  deployed(): void {
    this.#refusals.clear();
    this.doubt();
  }

  /** No query of this function runs until other code does. */
  refusePath(path: string, error: WireError): void {
    this.#refusals.addPath(path, error);
  }

  /** Answers whoever asked, in an engine that has forgotten the query since. */
  answeredOnce(query: LiveQuery<W>, outcome: Outcome): void {
    answerAskers(query, outcome);
    if (!isWanted(query)) this.#drop(query);
  }

  /** The engine is not there: whoever asked is told so. */
  unavailable(query: LiveQuery<W>, error: WireError): void {
    answerAskers(query, { ok: false, error });
    if (!isWanted(query)) this.#drop(query);
  }

  /** The query takes the engine down: for a while it is refused instead of run. */
  poisoned(query: LiveQuery<W>, error: WireError): void {
    this.#reruns.delete(query);
    this.#refusals.add(query.key, error);
    this.#refuse(query, error);
    answerAskers(query, { ok: false, error });
    if (query.watchers.size === 0) this.#drop(query);
  }

  /** Queries with an answer that watchers may not have. */
  takeChanged(): ReadonlySet<LiveQuery<W>> {
    const changed = this.#changed;
    if (changed.size > 0) this.#changed = new Set();
    return changed;
  }

  /** Drops what was not used for longest until the answers fit into memory. What is watched loses only its text. */
  trim(): void {
    if (this.#shelf.characters <= this.#parts.maxCharacters || this.#changed.size > 0) return;
    for (const query of this.#shelf.oldest()) {
      if (this.#shelf.characters <= this.#parts.maxCharacters) return;
      if (query.watchers.size > 0) this.#shelf.dropText(query);
      else if (query.state === 'live') this.#drop(query);
    }
  }

  /** The query of this call: one that is there, or a new one. */
  #open(call: FunctionCall, caller: Caller, journal: string | null = null): LiveQuery<W> {
    const key = sharedKey(caller, call.path, call.args, journal);
    const known = this.#shelf.find(caller, key);
    if (known === undefined) return this.#create(call, caller, journal);
    if (known.state !== 'live') return known;
    if (this.#isFresh(known)) {
      this.#shelf.touch(known);
      return known;
    }
    if (known.watchers.size > 0) {
      this.#rerun(known);
      return known;
    }
    this.#drop(known);
    return this.#create(call, caller, journal);
  }

  #create(call: FunctionCall, caller: Caller, journal: string | null): LiveQuery<W> {
    const query = createQuery<W>(++this.#lastNumber, call, caller, journal);
    const refusal = this.#refusals.of(query);
    if (refusal !== undefined) this.#refuse(query, refusal);
    this.#shelf.add(query);
    return query;
  }

  /** Stands in line, now that somebody wants it. One that was restored has been standing there, and nobody has come. */
  #line(query: LiveQuery<W>): void {
    if (query.state === 'waiting') this.#parts.wake();
    if (query.state !== 'new') return;
    query.state = 'waiting';
    try {
      this.#parts.enqueue(query);
    } catch (full) {
      this.#drop(query);
      throw full;
    }
  }

  #find(number: number): LiveQuery<W> | undefined {
    const query = this.#shelf.get(number);
    if (query !== undefined) return query;
    this.#parts.bring(number);
    return this.#shelf.get(number);
  }

  #isFresh(query: LiveQuery<W>): boolean {
    if (query.state !== 'live' || query.outcome === null || this.#engine.isUnsure(query)) return false;
    return query.expiresAt === Number.POSITIVE_INFINITY || query.expiresAt > this.#parts.now();
  }

  #rerun(query: LiveQuery<W>): void {
    query.state = 'waiting';
    this.#reruns.add(query);
    this.#parts.wake();
  }

  #rerunOrRefuse(query: LiveQuery<W>): void {
    const error = this.#refusals.of(query);
    if (error === undefined) return this.#rerun(query);
    const wasRunning = query.state === 'running';
    this.#reruns.delete(query);
    this.#refuse(query, error);
    // Whoever asks for one that ran hears how that went.
    if (!wasRunning) answerAskers(query, { ok: false, error });
  }

  /** It may run again when what it was refused for is over. */
  #retry(query: LiveQuery<W>): void {
    if (query.state === 'live' && this.#refusals.of(query) !== undefined) return;
    this.#refused.delete(query);
    if (query.state === 'live') this.#rerun(query);
  }

  #refuse(query: LiveQuery<W>, error: WireError): void {
    query.state = 'live';
    this.#refused.add(query);
    this.#setAnswer(query, { ok: false, error }, `refused ${error.message}`, this.#parts.now() + refusalLife);
    query.isRefused = true;
  }

  #accept(query: LiveQuery<W>, answer: Answer): void {
    const expiresAt = answer.readClock ? this.#parts.now() + clockAnswerLife : Number.POSITIVE_INFINITY;
    const journal = answer.journal ?? null;
    if (journal !== query.journal) query.change = null;
    query.journal = journal;
    this.#setAnswer(query, answer.outcome, answer.hash, expiresAt);
    if (answer.readIdentity) this.#claim(query);
    else this.#shelf.share(query);
  }

  #setAnswer(query: LiveQuery<W>, outcome: Outcome, hash: string, expiresAt: number): void {
    this.#shelf.keep(query, outcome);
    if (query.hash !== hash) query.change = null;
    query.hash = hash;
    query.expiresAt = expiresAt;
    query.isRefused = false;
    if (query.watchers.size > 0) this.#changed.add(query);
  }

  /** The answer is for the identity it ran as: all others must ask as themselves. */
  #claim(query: LiveQuery<W>): void {
    this.#shelf.unshare(query);
    const { identityKey } = query.caller;
    for (const watcher of query.watchers) {
      if (watcher.caller.identityKey === identityKey) continue;
      query.watchers.delete(watcher);
      this.#parts.rehome(watcher);
    }
    const others = query.askers.filter(({ caller }) => caller.identityKey !== identityKey);
    query.askers = query.askers.filter(({ caller }) => caller.identityKey === identityKey);
    for (const asker of others) this.ask({ ...query.call, identity: asker.caller.identity }, asker.caller, asker);
  }

  #drop(query: LiveQuery<W>): void {
    if (query.state === 'gone') return;
    query.state = 'gone';
    this.#shelf.remove(query);
    this.#reruns.delete(query);
    this.#changed.delete(query);
    this.#refused.delete(query);
    this.#engine.dropped(query);
  }
}
