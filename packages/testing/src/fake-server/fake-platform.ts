import { FakeClock } from './fake-clock.ts';
import { FakeSocket, type SocketPeer } from './fake-socket.ts';

export interface FakePlatformParts {
  /** Who answers the sockets; null for a place without sockets. */
  readonly server: SocketPeer | null;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
  readonly clock?: FakeClock;
}

/** What a client needs of the place it runs in, in the hands of the test. */
export class FakePlatform {
  readonly clock: FakeClock;
  readonly WebSocket: (new (url: string) => FakeSocket) | null;
  readonly fetch: typeof fetch;
  readonly random: () => number;
  /** What was reported, newest last. */
  readonly reports: unknown[] = [];
  readonly #wakers = new Set<() => void>();
  #ids = 0;

  constructor({ server, fetch = unreachable, random = () => 1, clock = new FakeClock() }: FakePlatformParts) {
    this.clock = clock;
    this.fetch = fetch;
    this.random = random;
    this.WebSocket = server && socketTo(server);
  }

  readonly now = (): number => this.clock.now;

  readonly uniqueId = (): string => {
    this.#ids += 1;
    return `unique-${this.#ids}`;
  };

  readonly after = (milliseconds: number, callback: () => void): (() => void) => this.clock.after(milliseconds, callback);

  readonly onWake = (callback: () => void): (() => void) => {
    this.#wakers.add(callback);
    return () => this.#wakers.delete(callback);
  };

  readonly report = (error: unknown): void => {
    this.reports.push(error);
  };

  /** The network is back, or the page is looked at again. */
  wake(): void {
    for (const waker of this.#wakers) waker();
  }

  advance(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }
}

function socketTo(server: SocketPeer): new (url: string) => FakeSocket {
  return class extends FakeSocket {
    constructor(url: string) {
      super(url, server);
    }
  };
}

function unreachable(): Promise<Response> {
  return Promise.reject(new TypeError('fetch failed'));
}
