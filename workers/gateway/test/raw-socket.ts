import type { ClientMessage, ServerMessage } from '@betterbase/protocol';
import WebSocket from 'ws';

/** A socket that speaks frames, so that nothing our client does can hide what the server does. */
export class RawSocket {
  readonly #socket: WebSocket;
  readonly #frames: ServerMessage[] = [];
  #wake: () => void = () => undefined;
  #closed: { readonly code: number; readonly reason: string } | null = null;

  static async open(url: string): Promise<RawSocket> {
    const socket = new WebSocket(url.replace(/^http/, 'ws'));
    const raw = new RawSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return raw;
  }

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => {
      const text = String(data);
      if (text !== 'pong') this.#frames.push(JSON.parse(text));
      this.#wake();
    });
    socket.on('close', (code, reason) => {
      this.#closed = { code, reason: String(reason) };
      this.#wake();
    });
  }

  send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  sendRaw(data: string | Uint8Array): void {
    this.#socket.send(data);
  }

  /** The next frame. @throws when none comes within 5 s or the socket closes first. */
  async next(): Promise<ServerMessage> {
    await this.#until(() => this.#frames.length > 0 || this.#closed !== null);
    const frame = this.#frames.shift();
    if (frame === undefined) throw new Error(`The socket was closed: ${JSON.stringify(this.#closed)}`);
    return frame;
  }

  async closed(): Promise<{ readonly code: number; readonly reason: string }> {
    await this.#until(() => this.#closed !== null);
    return this.#closed ?? { code: 0, reason: '' };
  }

  /** Frames that have arrived and were not asked for. */
  get waiting(): number {
    return this.#frames.length;
  }

  close(): void {
    this.#socket.close();
  }

  /** As a network that goes away: without a close frame. */
  cut(): void {
    this.#socket.terminate();
  }

  /** `acknowledgeCharacters`: what it promises, as our client does. */
  async connect(
    session: string | null = null,
    version = 0,
    acknowledgeCharacters?: number,
  ): Promise<Extract<ServerMessage, { type: 'connected' }>> {
    const promise = acknowledgeCharacters === undefined ? {} : { acknowledgeCharacters };
    this.send({ type: 'connect', protocol: 1, session, version, client: 'journey', ...promise });
    const first = await this.next();
    if (first.type !== 'connected') throw new Error(`Expected connected and got ${JSON.stringify(first)}`);
    return first;
  }

  async #until(isTrue: () => boolean): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (!isTrue()) {
      const left = deadline - Date.now();
      if (left <= 0) throw new Error('Nothing came within 5 s.');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}
