import type { ClientMessage, ServerMessage } from '@betterbase/protocol';
import { type FakeSocket, parseSent, type SocketPeer } from './fake-socket.ts';

/** A server that says what the test tells it to, and writes down what it hears. */
export class ScriptedServer implements SocketPeer {
  readonly sockets: FakeSocket[] = [];
  readonly #heard = new Map<FakeSocket, (ClientMessage | 'ping')[]>();

  opened(socket: FakeSocket): void {
    this.sockets.push(socket);
    this.#heard.set(socket, []);
  }

  heard(socket: FakeSocket, text: string): void {
    this.#heard.get(socket)?.push(parseSent(text));
  }

  gone(): void {}

  /** The newest connection. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error('No client has connected.');
    return socket;
  }

  /** What the newest connection has said since this was last asked. */
  take(): readonly (ClientMessage | 'ping')[] {
    return this.#heard.get(this.socket)?.splice(0) ?? [];
  }

  say(message: ServerMessage): void {
    this.socket.say(message);
  }

  /** Accepts the newest connection and greets it. */
  greet(session = 's1', resumed = false): void {
    this.socket.open();
    this.say({ type: 'connected', session, resumed, protocol: 1 });
  }
}
