/**
 * The socket's life: opening, noticing that it is dead, waiting, opening again.
 *
 * Holds: at most one socket, and the timers around it.
 * Does not hold: anything of what is said on it.
 * Always true: a socket that was given up is never heard again; between two attempts there is a pause.
 */
import { pingFrame, pongFrame } from '@betterbase/protocol';
import type { Platform, Socket, SocketClass, Stop } from '../platform/platform.ts';
import { BackOff } from './back-off.ts';
import { type Check, Liveness } from './liveness.ts';

/** How long the server may take until its first word. */
const openPatience = 15_000;

export type ConnectionPhase = 'idle' | 'connecting' | 'connected' | 'waiting' | 'closed';

/** What happens on the connection, in order. */
export interface ConnectionEvents {
  opened(): void;
  heard(data: unknown): void;
  /** The socket is gone; another will follow unless the connection is closed. */
  lost(): void;
  phaseChanged(): void;
}

export interface ConnectionParts {
  readonly url: string;
  readonly WebSocket: SocketClass;
  readonly platform: Pick<Platform, 'after' | 'now' | 'onWake' | 'random'>;
  readonly events: ConnectionEvents;
}

export class Connection {
  readonly #parts: ConnectionParts;
  readonly #backOff = new BackOff();
  #phase: ConnectionPhase = 'idle';
  #socket: Socket | null = null;
  #liveness: Liveness;
  #connectedAt: number | null = null;
  #stopTimer: Stop = () => {};
  #stopWaking: Stop = () => {};

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#liveness = new Liveness(parts.platform.now());
  }

  get phase(): ConnectionPhase {
    return this.#phase;
  }

  /** Failed attempts and lost connections since the last one that lasted. */
  get failures(): number {
    return this.#backOff.failures;
  }

  /** Opens the first socket. Does nothing when called again. */
  open(): void {
    if (this.#phase !== 'idle') return;
    this.#stopWaking = this.#parts.platform.onWake(() => this.#wake());
    this.#connect();
  }

  /** Does nothing while there is no socket. */
  send(text: string): void {
    this.#socket?.send(text);
  }

  /** The server has greeted: from now on it is expected to answer pings. */
  established(): void {
    this.#connectedAt = this.#parts.platform.now();
    this.#become('connected');
    this.#watchOver(this.#liveness.check(this.#connectedAt));
  }

  /** Gives this socket up and opens another after a pause of at least `pause` ms. */
  drop(pause = 0): void {
    if (this.#phase !== 'connecting' && this.#phase !== 'connected') return;
    const { platform, events } = this.#parts;
    const lasted = this.#connectedAt === null ? 0 : platform.now() - this.#connectedAt;
    this.#abandon();
    this.#stopTimer = platform.after(pause + this.#backOff.failed(lasted, platform.random()), () => this.#connect());
    this.#become('waiting');
    events.lost();
  }

  /** Tries now instead of waiting longer. */
  hurry(): void {
    if (this.#phase !== 'waiting') return;
    this.#stopTimer();
    this.#connect();
  }

  /** For good. */
  close(): void {
    this.#abandon();
    this.#stopWaking();
    this.#become('closed');
  }

  #connect(): void {
    const { url, WebSocket, platform, events } = this.#parts;
    this.#connectedAt = null;
    this.#liveness = new Liveness(platform.now());
    this.#stopTimer = platform.after(openPatience, () => this.drop());
    this.#become('connecting');
    const socket = new WebSocket(url);
    const isCurrent = (): boolean => this.#socket === socket;
    this.#socket = socket;
    socket.addEventListener('open', () => {
      if (isCurrent()) events.opened();
    });
    socket.addEventListener('message', ({ data }) => {
      if (!isCurrent()) return;
      this.#liveness.heard(platform.now());
      if (data !== pongFrame) events.heard(data);
    });
    socket.addEventListener('close', () => {
      if (isCurrent()) this.drop();
    });
    // A close event follows every error event; without a listener some platforms would throw.
    socket.addEventListener('error', () => {});
  }

  #watchOver(check: Check): void {
    this.#stopTimer();
    if (check.do === 'give-up') return this.drop();
    if (check.do === 'ping') this.send(pingFrame);
    this.#stopTimer = this.#parts.platform.after(check.again, () => this.#watchOver(this.#liveness.check(this.#parts.platform.now())));
  }

  #wake(): void {
    if (this.#phase === 'connected') this.#watchOver(this.#liveness.ask(this.#parts.platform.now()));
    else this.hurry();
  }

  #abandon(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#stopTimer();
    socket?.close();
  }

  #become(phase: ConnectionPhase): void {
    if (this.#phase === phase) return;
    this.#phase = phase;
    this.#parts.events.phaseChanged();
  }
}
