import type { ServerMessage } from '@betterbase/protocol';
import type { Connection } from '../connections/connection.ts';
import type { Socket } from '../connections/socket.ts';

type Transition = Extract<ServerMessage, { type: 'transition' }>;

let sockets = 0;

/** A client's end of a socket: what it was told, and what the platform keeps for us through sleep. */
export class FakeSocket implements Socket {
  readonly name = `socket ${++sockets}`;
  readonly frames: string[] = [];
  memory = '';
  closedWith: { readonly code: number; readonly reason: string } | null = null;
  connection: Connection | null = null;
  #read = 0;
  #version = 0;

  send(text: string): void {
    if (this.closedWith === null) this.frames.push(text);
  }

  close(code: number, reason: string): void {
    this.closedWith ??= { code, reason };
  }

  remember(text: string): void {
    this.memory = text;
  }

  /** What was said since the last time this was asked. Checks that transitions follow on each other. */
  heard(): ServerMessage[] {
    const messages = this.frames.slice(this.#read).map((frame) => JSON.parse(frame) as ServerMessage);
    this.#read = this.frames.length;
    for (const message of messages) {
      if (message.type !== 'transition') continue;
      if (message.from !== this.#version) throw new Error(`A transition starts at ${message.from}, but the client is at ${this.#version}.`);
      this.#version = message.to;
    }
    return messages;
  }

  transitions(): Transition[] {
    return this.heard().filter((message) => message.type === 'transition');
  }
}
