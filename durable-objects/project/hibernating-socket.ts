import type { FoundSocket, Socket, SocketHolder } from './connections/socket.ts';
import { decodeSocketMemory } from './connections/socket-memory.ts';

/** A socket that the platform keeps open while the object sleeps. */
export class HibernatingSocket implements Socket {
  readonly name: string;
  readonly #socket: WebSocket;

  /** `name`: the tag that it was accepted with. */
  constructor(socket: WebSocket, name: string) {
    this.#socket = socket;
    this.name = name;
  }

  send(text: string): void {
    try {
      this.#socket.send(text);
    } catch {
      // It has closed since: its close event is on the way, and there is nobody to tell.
    }
  }

  close(code: number, reason: string): void {
    try {
      this.#socket.close(code, reason);
    } catch {
      // It is closed already.
    }
  }

  remember(text: string): void {
    this.#socket.serializeAttachment(text);
  }
}

/** The part of an object's state that holds its sockets. */
type SocketState = Pick<DurableObjectState, 'getWebSockets' | 'getTags'>;

export function findSocket(state: SocketState, socket: WebSocket): FoundSocket {
  const [name = ''] = state.getTags(socket);
  return { socket: new HibernatingSocket(socket, name), memory: decodeSocketMemory(socket.deserializeAttachment()) };
}

/** The sockets of an object, each found by its tag without a look at the others. */
export function hibernatingSockets(state: SocketState): SocketHolder {
  return {
    find: (name) => {
      const [socket] = state.getWebSockets(name);
      return socket === undefined ? null : findSocket(state, socket);
    },
    *all(protocol) {
      for (const socket of state.getWebSockets(protocol)) yield findSocket(state, socket);
    },
  };
}
