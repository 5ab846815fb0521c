/**
 * What a model server has said on one socket, and is to say next.
 *
 * Always true: a transition starts where the last one ended; frames do not overtake each other; a client that does not
 * acknowledge gets no more than `maxUnacknowledged` transitions, and then the newest state in one.
 */
import { type AnswerChange, type FinishedCall, maxUnacknowledged, type WatchRequest } from '@betterbase/protocol';
import type { FakeClock } from './fake-clock.ts';
import type { FakeSocket } from './fake-socket.ts';
import type { Answered, ModelSession, Outcome } from './model-sessions.ts';

export interface Pace {
  readonly clock: FakeClock;
  /** ms that a frame takes, or a turn. */
  readonly delay: () => number;
}

interface Watched {
  readonly request: WatchRequest;
  /** Of what was last told. */
  hash: string | null;
  journal: string | null;
  isAnswered: boolean;
}

export class ModelConnection {
  readonly socket: FakeSocket;
  /** Null until the client has said `connect`. */
  session: ModelSession | null = null;
  /** Whom the client has said to be. */
  user: string | null = null;
  readonly #pace: Pace;
  readonly #watched = new Map<number, Watched>();
  readonly #actions = new Set<number>();
  #version = 0;
  #finished: FinishedCall[] = [];
  #unacknowledged: number[] = [];
  #arrival = 0;
  #identity = 0;
  #toldIdentity = 0;

  constructor(socket: FakeSocket, pace: Pace) {
    this.socket = socket;
    this.#pace = pace;
  }

  /** Calls back when a frame that leaves now arrives, unless the socket is closed by then. */
  travel(arrived: () => void): void {
    const { clock, delay } = this.#pace;
    this.#arrival = Math.max(this.#arrival, clock.now + delay());
    clock.after(this.#arrival - clock.now, () => {
      if (this.socket.state === 'open') arrived();
    });
  }

  send(text: string): void {
    this.travel(() => this.socket.deliver(text));
  }

  /** False: this id is watched already. */
  watch(request: WatchRequest): boolean {
    if (this.#watched.has(request.id)) return false;
    this.#watched.set(request.id, { request, hash: request.hash ?? null, journal: request.journal ?? null, isAnswered: false });
    return true;
  }

  /** False: this id is not watched. */
  unwatch(id: number): boolean {
    return this.#watched.delete(id);
  }

  /** False: this action was sent before. */
  beginAction(id: number): boolean {
    if (this.#actions.has(id)) return false;
    this.#actions.add(id);
    return true;
  }

  finish(id: number, outcome: Outcome): void {
    this.#finished.push({ id, ...outcome });
  }

  /** False: a later one was there before. */
  identify(id: number, user: string | null): boolean {
    if (id <= this.#identity) return false;
    this.#identity = id;
    this.user = user;
    return true;
  }

  acknowledge(version: number): void {
    this.#unacknowledged = this.#unacknowledged.filter((sent) => sent > version);
  }

  /** Says what the client does not know yet as of `version`, in one transition. */
  tell(version: number, answer: (request: WatchRequest, journal: string | null) => Answered): void {
    if (this.#unacknowledged.length >= maxUnacknowledged) return;
    const changes = [...this.#watched.values()].flatMap((watched) => changeOf(watched, answer(watched.request, watched.journal)));
    const identity = this.#identity === this.#toldIdentity ? {} : { identity: this.#identity };
    if (changes.length === 0 && this.#finished.length === 0 && this.#identity === this.#toldIdentity) return;
    this.send(JSON.stringify({ type: 'transition', from: this.#version, to: version, changes, finished: this.#finished, ...identity }));
    this.#finished = [];
    this.#toldIdentity = this.#identity;
    this.#version = version;
    this.#unacknowledged.push(version);
  }
}

function changeOf(watched: Watched, answer: Answered): readonly AnswerChange[] {
  const { id } = watched.request;
  const { hash: before, isAnswered } = watched;
  const hash = JSON.stringify(answer);
  watched.hash = hash;
  watched.journal = answer.journal ?? null;
  watched.isAnswered = true;
  if (hash !== before) return [{ id, ...answer, hash }];
  return isAnswered ? [] : [{ id, same: true }];
}
