/** What the client needs of the place it runs in. Tests hand in their own. */
export interface Platform {
  /** Null where there are no WebSockets: calls then go over HTTP, and nothing can be watched. */
  readonly WebSocket: SocketClass | null;
  readonly fetch: typeof fetch;
  /** ms since any fixed moment. */
  now(): number;
  /** Between 0 and 1, 1 excluded. */
  random(): number;
  /** A text nobody else makes. */
  uniqueId(): string;
  /** Calls back once, unless stopped before. */
  after(milliseconds: number, callback: () => void): Stop;
  /** Calls back when the network or the page may have come back. */
  onWake(callback: () => void): Stop;
  /** What nobody else can be told: errors in listeners, protocol mistakes. */
  report(error: unknown): void;
}

export type Stop = () => void;

export type SocketClass = new (url: string) => Socket;

/** The part of a WebSocket that the client uses. */
export interface Socket {
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  send(text: string): void;
  close(): void;
}
