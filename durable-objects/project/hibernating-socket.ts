import type { Socket } from './connections/socket.ts';

/** A socket that the platform keeps open while the object sleeps. */
export class HibernatingSocket implements Socket {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
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
