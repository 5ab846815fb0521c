import type { Conversation, Driver, Item, Job, TextSocket } from '../load/driver.ts';
import type { HttpConnection } from '../load/http-connection.ts';

/** Speaks the words of `worker.ts`. */
export const bareDriver: Driver = {
  name: 'bare',
  socketPath: '/live',

  request: (job) => ({ method: 'POST', path: '/', body: JSON.stringify(toWire(job)) }),
  fill: (list, count) => ({
    method: 'POST',
    path: '/',
    body: JSON.stringify({ do: 'fill', list, count, text: fillText, author: 'somebody' }),
  }),
  large: (job) => ({ method: 'POST', path: '/large', body: JSON.stringify(job) }),
  largeAnswer: (body) => JSON.parse(body) as unknown,
  // An error is a page of text with another status; an answer is always JSON.
  succeeded: (body) => body.length > 0,
  items: (body) => toItems(JSON.parse(body) as WireItem[]),
  itemsInFrame: (frame) => toItems((JSON.parse(frame) as { value: WireItem[] }).value),

  converse: (socket) => Promise.resolve(new BareConversation(socket)),

  async rowsWritten(connection, work) {
    const before = await countRows(connection);
    await work();
    return (await countRows(connection)) - before;
  },
};

async function countRows(connection: HttpConnection): Promise<number> {
  const answer = await connection.send({ method: 'GET', path: '/rows-written' });
  return Number(answer.body.toString());
}

const fillText = 'An item as people write them: a few words, now and then a few more.';

interface WireItem {
  readonly id: number;
  readonly text: string;
}

function toItems(items: readonly WireItem[]): Item[] {
  return items.map(({ id, text }) => ({ id: String(id), text }));
}

function toWire(job: Job): unknown {
  return job.do === 'change' ? { ...job, id: Number(job.id) } : job;
}

class BareConversation implements Conversation {
  readonly #socket: TextSocket;
  readonly #waiting = new Map<number, (frame: Buffer) => void>();
  readonly #watches = new Map<string, (frame: Buffer) => void>();
  #last = 0;

  constructor(socket: TextSocket) {
    this.#socket = socket;
    socket.onFrame((frame) => this.#take(frame));
  }

  call(job: Job): Promise<Buffer> {
    return this.#ask(toWire(job) as object);
  }

  async watch(list: string, take: (frame: Buffer) => void): Promise<void> {
    this.#watches.set(list, take);
    await this.#ask({ do: 'watch', list });
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  #ask(message: object): Promise<Buffer> {
    const n = ++this.#last;
    this.#socket.send(JSON.stringify({ n, ...message }));
    return new Promise((resolve) => this.#waiting.set(n, resolve));
  }

  /** Frames start with `{"n":7,` or `{"list":"…",`: the rest need not be read to know whose they are. */
  #take(frame: Buffer): void {
    const head = frame.subarray(0, 80).toString('latin1');
    const n = head.match(/^\{"n":(\d+)/)?.[1];
    if (n !== undefined) {
      this.#waiting.get(Number(n))?.(frame);
      this.#waiting.delete(Number(n));
      return;
    }
    const list = head.match(/^\{"list":"([^"]*)"/)?.[1];
    if (list !== undefined) this.#watches.get(list)?.(frame);
  }
}
