import { BetterBaseError } from '@betterbase/core';
import type { Answer, FunctionCall, Outcome, RunReport, TurnOperation } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import { toWireError } from '../wire-errors.ts';
import type { EngineLink, EngineTurn } from './engine-link.ts';
import type { LiveQueries } from './live-queries.ts';
import type { Watcher } from './live-query.ts';
import type { Timer } from '../timer.ts';
import { Pace } from './pace.ts';
import { type Telling, tellPlainly } from './printed.ts';
import type { Work } from './work.ts';

/** Operations of one turn. */
const mostOperations = 256;
/** Characters of arguments in one turn; the first operation goes whatever its size. */
const mostCharacters = 4 * 1024 * 1024;
/** Turns whose commits are under way. More would not make them quicker: what waits meanwhile goes together. */
const mostUnderWay = 4;
/** When so much of what can wait has gathered, nothing goes beside others until it has gone. */
const mostPutOff = 64;
/** What may wait at all. */
const mostWaiting = 8_192;
const mostLater = 1_000;
const mostWaitingCharacters = 64 * 1024 * 1024;

const unavailable: WireError = {
  code: 'engine/unavailable',
  message: 'The project’s engine does not start.',
  hint: 'Try again in a moment.',
};

export interface FinishedRun {
  readonly kind: 'query' | 'mutation';
  readonly call: FunctionCall;
  readonly outcome: Outcome;
  readonly report: RunReport;
  /** It ran because its time had come. */
  readonly isJob?: boolean;
}

export interface InboxParts<W extends Watcher> {
  readonly engine: EngineLink;
  readonly queries: LiveQueries<W>;
  /** Returns when what has reached this object by now has been handed to it. Without it a lone call goes at once. */
  readonly gather?: () => Promise<void>;
  readonly now: () => number;
  readonly timer: Timer;
  /** How callers are told outcomes; plainly unless something else is said. */
  readonly tell?: Telling;
  /** After every run of a function. */
  readonly onRun: (run: FinishedRun) => void;
  /** After every turn, when its results are known. */
  readonly onTurn: () => void;
  /** After every turn: how many watched queries the engine has not put on disk as they are, and whether anybody waited for that turn. */
  readonly onUnkept: (count: number, wasWaitedFor: boolean) => void;
  /** The engine cannot be reached: nobody's answers are kept fresh now. */
  readonly onUnavailable: (error: WireError) => void;
}

/**
 * The line in front of the engine.
 *
 * Holds: what waits, and the turns under way.
 * Does not hold: answers, connections.
 * Always true: one turn at a time, but where commits are round trips mutations may begin while those of others are under way,
 * and nothing else; a turn takes all that waits, within bounds, in the order of arrival, and turns are told in their order;
 * queries that must run again come before anything that could change what they read.
 */
export class Inbox<W extends Watcher> {
  readonly #parts: InboxParts<W>;
  readonly #pace: Pace;
  #waiting: Work<W>[] = [];
  #later: TurnOperation[] = [];
  #characters = 0;
  #isBusy = false;
  #underWay = new Set<Promise<'up' | 'down'>>();
  #lastBatch = 0;
  #isHeld = false;
  #idle: (() => void)[] = [];

  constructor(parts: InboxParts<W>) {
    this.#parts = parts;
    this.#pace = new Pace(parts.now);
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Nothing waits, and no turn is under way but the one that is being told. */
  get isCaughtUp(): boolean {
    return this.#underWay.size === 0 && this.#waiting.length === 0;
  }

  /** Nothing waits, and no turn is under way. */
  get isIdle(): boolean {
    return !this.#isBusy && this.isCaughtUp;
  }

  /** @throws BetterBaseError `limit/overloaded` */
  add(work: Work<W>): void {
    const size = sizeOf(work);
    if (work.do !== 'chore' && (this.#waiting.length >= mostWaiting || this.#characters + size > mostWaitingCharacters)) {
      throw new BetterBaseError('limit/overloaded', 'Too many calls are waiting in this project.', {
        hint: 'Try again in a moment, with fewer calls at once.',
      });
    }
    this.#waiting.push(work);
    this.#characters += size;
    this.#wake();
  }

  /** Goes with the next turn, whenever that is. What is lost with a lost turn is not made good for. */
  later(operation: TurnOperation): void {
    if (this.#later.length < mostLater) this.#later.push(operation);
  }

  /** Begins a turn if there is anything to tell the engine. */
  wake(): void {
    if (this.#parts.queries.isCatchingUp) this.#wake();
  }

  /** Lets the turns under way finish and begins no other until `release`. */
  hold(): Promise<void> {
    this.#isHeld = true;
    if (!this.#isBusy && this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  release(): void {
    this.#isHeld = false;
    this.#wake();
  }

  #wake(): void {
    if (!this.#isBusy && !this.#isHeld) void this.#run();
  }

  /** Never rejects: what goes wrong is told to those who wait. */
  async #run(): Promise<void> {
    const { engine, queries, gather, onTurn } = this.#parts;
    this.#isBusy = true;
    try {
      while (!this.#isHeld && (this.#waiting.length > 0 || queries.isCatchingUp)) {
        if (!engine.isOpen && this.#underWay.size === 0) await engine.open();
        const isBeside = this.#underWay.size > 0;
        if (isBeside && !(await this.#mayGoBeside())) continue;
        // Calls that came together are handed over one by one, and a turn of one costs as much as a turn of ten. Where they
        // come one at a time, waiting for company would only be waiting.
        if (gather !== undefined && (this.#lastBatch > 1 || this.#waiting.length > 1)) await gather();
        const operations: TurnOperation[] = [];
        const batch = isBeside ? this.#takeMutations(operations) : this.#take(operations);
        this.#lastBatch = batch.length;
        // Everything that waited may have lost its callers meanwhile.
        const isAsked = batch.length > 0 || operations[0]?.do === 'resume';
        if (!isAsked) {
          onTurn();
          continue;
        }
        const mayOverlap = engine.overlaps && this.#pace.isSlow && batch.some((work) => work.do === 'mutation');
        const turn = this.#carryOut(batch, operations, mayOverlap);
        if (mayOverlap && (await engine.mayFollow())) continue;
        // Whoever comes next finds out whether it is back.
        if ((await turn) === 'down' && this.#waiting.length === 0) break;
      }
    } catch (failure) {
      this.#giveUp(toWireError(failure));
    } finally {
      this.#isBusy = false;
      this.#toldIdle();
    }
  }

  /** Never rejects. Whether the engine is there. */
  #carryOut(batch: readonly Work<W>[], operations: readonly TurnOperation[], mayOverlap: boolean): Promise<'up' | 'down'> {
    const carry = async (): Promise<'up' | 'down'> => {
      let state: 'up' | 'down' = 'down';
      const ended = this.#parts.engine.overlaps ? this.#pace.begin() : null;
      try {
        const told = await this.#parts.engine.turn(operations, mayOverlap);
        this.#underWay.delete(turn);
        ended?.();
        state = this.#settle(batch, operations, told);
        // What comes with it is told with it.
        if (told.state !== 'done' || told.isFollowed !== true) this.#parts.onTurn();
      } catch (failure) {
        this.#underWay.delete(turn);
        this.#giveUp(toWireError(failure));
      }
      if (!this.#isBusy) {
        this.#toldIdle();
        if (this.#waiting.length > 0 || (state === 'up' && this.#parts.queries.isCatchingUp)) this.#wake();
      }
      return state;
    };
    const turn = carry();
    this.#underWay.add(turn);
    return turn;
  }

  #toldIdle(): void {
    if (this.#underWay.size > 0) return;
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  /** Beside turns under way there is room for mutations, and for what they must not overtake. If not now, something else has happened. */
  async #mayGoBeside(): Promise<boolean> {
    const { engine, queries, timer } = this.#parts;
    const isFit =
      engine.overlaps &&
      this.#underWay.size < mostUnderWay &&
      this.#later.length < mostPutOff &&
      this.#waiting[0]?.do === 'mutation' &&
      !queries.isCatchingUp &&
      queries.takeQuestion() === null;
    const { pause } = this.#pace;
    if (isFit && pause === 0) return true;
    let stop = (): void => {};
    const paused = new Promise<void>((resolve) => {
      if (isFit) stop = timer.after(pause, resolve);
    });
    await Promise.race([...this.#underWay, paused]);
    stop();
    return false;
  }

  #takeMutations(operations: TurnOperation[]): Work<W>[] {
    this.#parts.queries.takeChanges(operations);
    const batch: Work<W>[] = [];
    this.#takeWaiting(operations, batch, (work) => work.do === 'mutation');
    return batch;
  }

  /** Fills `operations`, and returns the work that the last of them are for. */
  #take(operations: TurnOperation[]): Work<W>[] {
    const { queries } = this.#parts;
    const batch: Work<W>[] = [];
    // Comes alone: what the engine does not know must run before anything that could change what it read.
    const question = queries.takeQuestion();
    if (question !== null) {
      operations.push(question);
      return batch;
    }
    operations.push(...this.#later);
    this.#later = [];
    queries.takeChanges(operations);
    for (const query of queries.takeReruns(mostOperations)) {
      const operation = queries.start(query);
      if (operation === null) continue;
      operations.push(operation);
      batch.push({ do: 'query', query });
    }
    this.#takeWaiting(operations, batch, () => true);
    return batch;
  }

  /** As many of those that come next as there is room for, up to the first that may not go. */
  #takeWaiting(operations: TurnOperation[], batch: Work<W>[], mayGo: (work: Work<W>) => boolean): void {
    let taken = 0;
    let characters = 0;
    for (const work of this.#waiting) {
      const size = sizeOf(work);
      if (batch.length >= mostOperations || (characters > 0 && characters + size > mostCharacters) || !mayGo(work)) break;
      taken += 1;
      this.#characters -= size;
      const operation = this.#operationOf(work);
      if (operation === null) continue;
      characters += size;
      operations.push(operation);
      batch.push(work);
    }
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
  }

  #operationOf(work: Work<W>): TurnOperation | null {
    switch (work.do) {
      case 'query':
        return this.#parts.queries.start(work.query);
      case 'mutation':
        return { do: 'mutation', request: work.request, call: work.call };
      case 'task':
      case 'chore':
        return work.operation;
      default:
        return work satisfies never;
    }
  }

  #settle(batch: readonly Work<W>[], operations: readonly TurnOperation[], turn: EngineTurn): 'up' | 'down' {
    const { queries, onRun, tell = tellPlainly } = this.#parts;
    if (turn.state === 'restarted') {
      queries.restarted();
      this.#putBack(batch);
      return 'up';
    }
    if (turn.state === 'recovered') queries.lost();
    // Pins and forgetting come first and belong to nobody. A pin that was not told would be a change that nobody sees.
    const first = operations.length - batch.length;
    if (turn.results.length < first) queries.restarted();
    const [told] = turn.results;
    if (told?.do === 'resumed') queries.resumed(told.unknown);
    let isUnavailable = told?.do === 'unavailable';
    let index = 0;
    for (; index < batch.length; index++) {
      const result = turn.results[first + index];
      const work = batch[index];
      if (result === undefined || work === undefined) break;
      switch (result.do) {
        case 'mutation':
          if (work.do !== 'mutation') break;
          work.settle(tell === tellPlainly ? result : { ...result, outcome: tell(result.outcome, result.report) });
          onRun({ kind: 'mutation', call: work.call, outcome: result.outcome, report: result.report });
          break;
        case 'query':
          if (work.do !== 'query') break;
          onRun({ kind: 'query', call: work.query.call, outcome: result.answer.outcome, report: result.answer.report });
          if (turn.state === 'done') queries.answered(work.query, asTold(result.answer, tell));
          else queries.answeredOnce(work.query, tell(result.answer.outcome, result.answer.report));
          break;
        case 'poisonous':
          if (work.do === 'query') queries.poisoned(work.query, result.error);
          break;
        case 'unavailable':
          isUnavailable = true;
          this.#refuse(work, unavailable);
          break;
        case 'jobs':
        case 'job':
        case 'move':
        case 'looked':
        case 'done':
        case 'resumed':
          if (work.do === 'task') work.settle(result);
          break;
        default:
          result satisfies never;
      }
    }
    if (turn.state === 'done') {
      for (const answer of turn.refreshed) {
        const query = queries.refreshed(asTold(answer, tell));
        if (query !== undefined) onRun({ kind: 'query', call: query.call, outcome: answer.outcome, report: answer.report });
      }
      for (const number of turn.stale) queries.stale(number);
      this.#parts.onUnkept(
        turn.unkept,
        batch.some((work) => work.do !== 'chore'),
      );
    }
    if (index < batch.length) this.#putBack(batch.slice(index));
    if (isUnavailable) this.#giveUp(unavailable);
    return isUnavailable ? 'down' : 'up';
  }

  #putBack(batch: readonly Work<W>[]): void {
    for (const work of batch) if (work.do === 'query') this.#parts.queries.postponed(work.query);
    const rest = batch.filter((work) => work.do !== 'query');
    for (const work of rest) this.#characters += sizeOf(work);
    this.#waiting = [...rest, ...this.#waiting];
  }

  /** Turns away whoever waits, and whoever watches: they come back when the engine does. */
  #giveUp(error: WireError): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#characters = 0;
    for (const work of waiting) this.#refuse(work, error);
    for (const query of this.#parts.queries.takeReruns(Number.POSITIVE_INFINITY)) this.#parts.queries.unavailable(query, error);
    this.#parts.onUnavailable(error);
  }

  #refuse(work: Work<W>, error: WireError): void {
    switch (work.do) {
      case 'query':
        return this.#parts.queries.unavailable(work.query, error);
      case 'mutation':
      case 'task':
        return work.refuse(error);
      case 'chore':
        return;
      default:
        work satisfies never;
    }
  }
}

function asTold(answer: Answer, tell: Telling): Answer {
  const outcome = tell(answer.outcome, answer.report);
  return outcome === answer.outcome ? answer : { ...answer, outcome };
}

function sizeOf(work: Work<Watcher>): number {
  switch (work.do) {
    case 'query':
      return work.query.call.args.length;
    case 'mutation':
      return work.call.args.length;
    case 'task':
      return work.operation.do === 'move' && work.operation.request.move === 'stage' ? work.operation.request.text.length : 0;
    case 'chore':
      return 0;
    default:
      return work satisfies never;
  }
}
