import type { Protocol } from './protocol.ts';
import type { SocketMemory } from './socket-memory.ts';

/** One client's socket. It outlives our memory: the platform keeps it while the object sleeps. */
export interface Socket {
  /** By this name it is found again after sleep. */
  readonly name: string;
  /** Does nothing when the socket is closed. */
  send(text: string): void;
  /** Does nothing when the socket is closed. */
  close(code: number, reason: string): void;
  /** Keeps a short text with the socket through sleep, in place of the last one. */
  remember(text: string): void;
}

/** A socket that may have outlived our memory, and what it remembers; null: nothing that we understand. */
export interface FoundSocket {
  readonly socket: Socket;
  readonly memory: SocketMemory | null;
}

/** The sockets that the platform holds, whether we have them in memory or not. */
export interface SocketHolder {
  find(name: string): FoundSocket | null;
  /** `protocol`: those alone that speak it. */
  all(protocol?: Protocol['name']): Iterable<FoundSocket>;
}
