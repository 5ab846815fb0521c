import type { ClientMessage, ServerMessage } from '@betterbase/protocol';

type Event = 'open' | 'close' | 'error' | 'message';
type Listener = (event: { readonly data: unknown }) => void;

/** What a server does with one socket. */
export interface SocketPeer {
  /** A client wants to connect; `open()` accepts, later. */
  opened(socket: FakeSocket): void;
  heard(socket: FakeSocket, text: string): void;
  /** The client has closed it, or it was cut. */
  gone(socket: FakeSocket): void;
}

/** A WebSocket whose other end is in the same test. */
export class FakeSocket {
  readonly url: string;
  readonly #peer: SocketPeer;
  readonly #listeners: [Event, Listener][] = [];
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(url: string, peer: SocketPeer) {
    this.url = url;
    this.#peer = peer;
    peer.opened(this);
  }

  get state(): 'connecting' | 'open' | 'closed' {
    return this.#state;
  }

  addEventListener(type: Event, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  /** The client sends. */
  send(text: string): void {
    if (this.#state === 'connecting') throw new Error('InvalidStateError: this socket is not open yet.');
    if (this.#state === 'open') this.#peer.heard(this, text);
  }

  /** The client closes. */
  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#peer.gone(this);
  }

  /** The server accepts. */
  open(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#tell('open');
  }

  /** The server sends. */
  say(message: ServerMessage): void {
    this.deliver(JSON.stringify(message));
  }

  deliver(data: unknown): void {
    if (this.#state === 'open') this.#tell('message', data);
  }

  /** The network breaks it, or the server closes it. */
  cut(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#peer.gone(this);
    this.#tell('close');
  }

  #tell(type: Event, data?: unknown): void {
    for (const [event, listener] of this.#listeners) {
      if (event === type) listener({ data });
    }
  }
}

/** Clients send nothing but messages and pings. */
export function parseSent(text: string): ClientMessage | 'ping' {
  return text === 'ping' ? text : (JSON.parse(text) as ClientMessage);
}
