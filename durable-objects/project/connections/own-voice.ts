import type { Outcome } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
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
import { encodeSocketMemory, type SocketMemory } from './socket-memory.ts';
import { Unacknowledged } from './unacknowledged.ts';
import type { Goodbye, Pace, Speech } from './voice.ts';

/** Outcomes kept for a client that does not acknowledge, and their characters. */
const mostFinished = 1_000;
const mostFinishedCharacters = 32 * 1024 * 1024;

/**
 * BetterBase's own protocol.
 *
 * Holds: the version that the client is at, and outcomes for the next transition.
 * Always true: a transition starts where the last one ended; a client that does not acknowledge gets no more of them than
 * `Unacknowledged` allows.
 */
export class OwnVoice implements Speech {
  readonly protocol = 'betterbase';
  readonly #frames: TransitionFrames;
  #version: number;
  readonly #unacknowledged: Unacknowledged;
  #finished: string[] = [];
  #finishedCharacters = 0;
  /** Who the client said it is, by the id of that; and the same while the client has not been told that it took effect. */
  #introduction = 0;
  #untold: number | null = null;

  /** `frames` makes frames that many get alike once. `told`: what the socket remembers through sleep. */
  constructor(frames: TransitionFrames, told?: SocketMemory) {
    this.#frames = frames;
    this.#version = told?.at.ts ?? 0;
    this.#unacknowledged = new Unacknowledged(this.#version, told?.isPrompt);
  }

  /** All answers are another one's from one transition on. */
  get isAtomic(): boolean {
    return this.#untold !== null;
  }

  get hasOnlyAnswers(): boolean {
    return this.#finished.length === 0 && this.#untold === null;
  }

  get isSettled(): boolean {
    return this.#finished.length === 0 && !this.isWaiting && this.#untold === null;
  }

  /** While it waits, changes need not be kept: whatever differs then is the newest state. */
  get isWaiting(): boolean {
    return this.#unacknowledged.isWaiting;
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

  /** The client says after how many characters it acknowledges. */
  promised(characters: number): void {
    this.#unacknowledged.promised(characters);
  }

  greet(session: string, resumed: boolean): string {
    return connectedFrame(session, resumed);
  }

  pace(now: number): Pace {
    const pace = this.#unacknowledged.pace(now);
    const isTooMuch = this.#finished.length > mostFinished || this.#finishedCharacters > mostFinishedCharacters;
    return pace === 'waiting' && isTooMuch ? 'too-slow' : pace;
  }

  /** The client has applied transitions up to this version. Returns false for one that was never sent. */
  acknowledge(version: number, now: number): boolean {
    if (version > this.#version) return false;
    this.#unacknowledged.acknowledged(version, now);
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
    return this.#sent(frame);
  }

  transition(changes: string): string | null {
    if (changes === '' && this.#finished.length === 0 && this.#untold === null) return null;
    const frame = transitionFrame(this.#version, changes, this.#finished.join(','), this.#untold);
    this.#untold = null;
    this.#finished = [];
    this.#finishedCharacters = 0;
    return this.#sent(frame);
  }

  mutationFinished(id: number, outcome: Outcome): null {
    const text = finishedCall(id, outcome);
    this.#finished.push(text);
    this.#finishedCharacters += text.length;
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
      isPrompt: this.#unacknowledged.isPrompt,
    });
  }

  #sent(frame: string): string {
    this.#version += 1;
    this.#unacknowledged.sent(frame.length);
    return frame;
  }
}
