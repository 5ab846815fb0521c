import type { Outcome } from '@betterbase/engine';
import { maxUnacknowledged, type WireError } from '@betterbase/protocol';
import type { LiveQuery, Watcher } from '../turns/live-query.ts';
import { closeCodeOf } from './close-code.ts';
import {
  actionFinishedFrame,
  answerChange,
  connectedFrame,
  fatalFrame,
  finishedCall,
  refusedChange,
  sameChange,
  type TransitionFrames,
  transitionFrame,
} from './frames.ts';
import { encodeSocketMemory } from './socket-memory.ts';
import type { Goodbye, Pace, Speech } from './voice.ts';

/** How long a client may leave all of its transitions unacknowledged while more is to be said, ms. */
const patience = 30_000;
/** Outcomes kept for a client that does not acknowledge. */
const mostFinished = 1_000;

/**
 * BetterBase's own protocol.
 *
 * Holds: the version that the client is at, what it has acknowledged, and outcomes for the next transition.
 * Always true: a transition starts where the last one ended; a client that does not acknowledge gets no more than
 * `maxUnacknowledged` of them.
 */
export class OwnVoice implements Speech {
  readonly protocol = 'betterbase';
  readonly #frames: TransitionFrames;
  #version: number;
  #acknowledged: number;
  #finished: string[] = [];
  #waitingSince: number | null = null;
  /** Who the client said it is, by the id of that; and the same while the client has not been told that it took effect. */
  #introduction = 0;
  #untold: number | null = null;

  /** `frames` makes frames that many get alike once. */
  constructor(frames: TransitionFrames, version = 0) {
    this.#frames = frames;
    this.#version = version;
    this.#acknowledged = version;
  }

  /** All answers are another one's from one transition on. */
  get isAtomic(): boolean {
    return this.#untold !== null;
  }

  get hasOnlyAnswers(): boolean {
    return this.#finished.length === 0 && this.#untold === null;
  }

  get isSettled(): boolean {
    return this.#finished.length === 0 && this.#waitingSince === null && this.#untold === null;
  }

  /** While it waits, changes need not be kept: whatever differs then is the newest state. */
  get isWaiting(): boolean {
    return this.#waitingSince !== null;
  }

  mayBegin(): boolean {
    return true;
  }

  /** The client says who it is. Returns false for an id that does not grow. */
  introduce(id: number): boolean {
    if (id <= this.#introduction) return false;
    this.#introduction = id;
    return true;
  }

  /** It is believed. */
  identified(id: number): void {
    this.#untold = id;
  }

  greet(session: string, resumed: boolean): string {
    return connectedFrame(session, resumed);
  }

  pace(now: number): Pace {
    if (this.#version - this.#acknowledged < maxUnacknowledged) {
      this.#waitingSince = null;
      return 'ready';
    }
    this.#waitingSince ??= now;
    return now - this.#waitingSince > patience || this.#finished.length > mostFinished ? 'too-slow' : 'waiting';
  }

  /** The client has applied transitions up to this version. Returns false for one that was never sent. */
  acknowledge(version: number): boolean {
    if (version > this.#version) return false;
    this.#acknowledged = Math.max(this.#acknowledged, version);
    return true;
  }

  answer(id: number, query: LiveQuery<Watcher>): string {
    return answerChange(id, query);
  }

  same(id: number): string {
    return sameChange(id);
  }

  refusal(id: number, error: WireError): string {
    return refusedChange(id, error);
  }

  unwatched(): void {}

  single(id: number, query: LiveQuery<Watcher>): string {
    const frame = this.#frames.ofAnswer(this.#version, id, query);
    this.#version += 1;
    return frame;
  }

  transition(changes: string): string | null {
    if (changes === '' && this.#finished.length === 0 && this.#untold === null) return null;
    const frame = transitionFrame(this.#version, changes, this.#finished.join(','), this.#untold);
    this.#untold = null;
    this.#finished = [];
    this.#version += 1;
    return frame;
  }

  mutationFinished(id: number, outcome: Outcome): null {
    this.#finished.push(finishedCall(id, outcome));
    return null;
  }

  actionFinished(id: number, outcome: Outcome): string {
    return actionFinishedFrame(id, outcome);
  }

  goodbye(error: WireError): Goodbye {
    return { frame: fatalFrame(error), code: closeCodeOf(error), reason: error.code };
  }

  memory(session: string | null, isSettled: boolean): string {
    return encodeSocketMemory({
      protocol: { name: 'betterbase' },
      session,
      at: { querySet: 0, identity: 0, ts: this.#version },
      isSettled,
    });
  }
}
