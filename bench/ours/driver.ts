import { acknowledgeEvery, type CallLog, type ClientMessage, protocolVersion, type ServerMessage } from '@betterbase/protocol';
import type { Conversation, Driver, Item, Job, TextSocket } from '../load/driver.ts';
import type { HttpConnection } from '../load/http-connection.ts';

/** Speaks to a project's public doors: `POST /p/<project>/api/…` and the protocol of `@betterbase/protocol`. */
export function ourDriver(project: string, adminKey: string): Driver {
  const base = `/p/${project}`;
  return {
    name: 'ours',
    socketPath: `${base}/realtime`,

    request: (job) => ({
      method: 'POST',
      path: `${base}/api/${job.do === 'query' ? 'query' : 'mutation'}`,
      body: JSON.stringify(toCall(job)),
    }),
    fill: (list, count) => ({
      method: 'POST',
      path: `${base}/api/mutation`,
      body: JSON.stringify({ path: 'mutations/lists:fill', args: { list, count } }),
    }),
    large: ({ do: name, ...args }) => ({
      method: 'POST',
      path: `${base}/api/${name === 'fill' ? 'mutation' : 'query'}`,
      body: JSON.stringify({ path: `${name === 'fill' ? 'mutations' : 'queries'}/large:${name}`, args }),
    }),
    largeAnswer: (body) => (JSON.parse(body) as { value: unknown }).value,
    succeeded: (body) => body.subarray(0, 19).toString('latin1') === '{"status":"success"',
    items: (body) => toItems((JSON.parse(body) as { value: unknown }).value),
    itemsInFrame: (frame) => {
      const message = JSON.parse(frame) as ServerMessage;
      const change = message.type === 'transition' ? message.changes[0] : undefined;
      return change !== undefined && 'value' in change ? toItems(change.value) : [];
    },

    async converse(socket) {
      const conversation = new OurConversation(socket);
      await conversation.connected;
      return conversation;
    },

    async rowsWritten(connection, work) {
      const read = (after: number): Promise<CallLog[]> => readLog(connection, { project, adminKey, after });
      const last = (await read(0)).at(-1)?.sequence ?? 0;
      await work();
      return (await read(last)).reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    },
  };
}

function toCall(job: Job): { path: string; args: Record<string, string | number> } {
  const { do: kind, ...args } = job;
  return { path: callPaths[kind], args };
}

const callPaths: Readonly<Record<Job['do'], string>> = {
  query: 'queries/lists:items',
  add: 'mutations/lists:add',
  change: 'mutations/lists:change',
};

function toItems(value: unknown): Item[] {
  return (value as { _id: string; text: string }[]).map(({ _id, text }) => ({ id: _id, text }));
}

interface LogRequest {
  readonly project: string;
  readonly adminKey: string;
  /** The sequence of the newest call that is known. */
  readonly after: number;
}

async function readLog(connection: HttpConnection, { project, adminKey, after }: LogRequest): Promise<CallLog[]> {
  const answer = await connection.send({
    method: 'GET',
    path: `/admin/projects/${project}/logs?after=${after}`,
    headers: { authorization: `Bearer ${adminKey}` },
  });
  const lines = answer.body
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as CallLog);
}

class OurConversation implements Conversation {
  readonly connected: Promise<void>;
  readonly #socket: TextSocket;
  readonly #answers = new Map<number, (frame: Buffer) => void>();
  readonly #outcomes = new Map<number, (frame: Buffer) => void>();
  #greet: () => void = () => {};
  #lastWatch = 0;
  #lastQuery: number | null = null;
  #lastMutation = 0;
  #finished = 0;
  #unacknowledged = 0;

  constructor(socket: TextSocket) {
    this.#socket = socket;
    this.connected = new Promise((resolve) => {
      this.#greet = resolve;
    });
    socket.onFrame((frame) => this.#take(frame));
    this.#send({ type: 'connect', protocol: protocolVersion, session: null, version: 0, client: 'bench' });
  }

  call(job: Job): Promise<Buffer> {
    const { path, args } = toCall(job);
    if (job.do === 'query') return this.#queryOnce(path, args);
    const id = ++this.#lastMutation;
    this.#send({ type: 'mutation', id, path, args });
    return new Promise((resolve) => this.#outcomes.set(id, resolve));
  }

  watch(list: string, take: (frame: Buffer) => void): Promise<void> {
    const id = ++this.#lastWatch;
    this.#send({ type: 'watch', add: [{ id, path: callPaths.query, args: { list } }], remove: [] });
    return new Promise((resolve) => {
      this.#answers.set(id, () => {
        this.#answers.set(id, take);
        resolve();
      });
    });
  }

  close(): Promise<void> {
    return this.#socket.close();
  }

  /** The protocol has no single query on a socket: it is a watch that ends with the next message. */
  #queryOnce(path: string, args: Record<string, string | number>): Promise<Buffer> {
    const id = ++this.#lastWatch;
    this.#send({ type: 'watch', add: [{ id, path, args }], remove: this.#lastQuery === null ? [] : [this.#lastQuery] });
    this.#lastQuery = id;
    return new Promise((resolve) => {
      this.#answers.set(id, (frame) => {
        this.#answers.delete(id);
        resolve(frame);
      });
    });
  }

  #send(message: ClientMessage): void {
    this.#socket.send(JSON.stringify(message));
  }

  #take(frame: Buffer): void {
    const short = readShortTransition(frame);
    if (short !== null) {
      this.#acknowledge(short.to);
      this.#answers.get(short.change)?.(frame);
      return;
    }
    const message = JSON.parse(frame.toString()) as ServerMessage;
    switch (message.type) {
      case 'connected':
        return this.#greet();
      case 'transition':
        for (const { id } of message.finished) {
          this.#finished = Math.max(this.#finished, id);
          this.#outcomes.get(id)?.(frame);
          this.#outcomes.delete(id);
        }
        this.#acknowledge(message.to);
        for (const { id } of message.changes) this.#answers.get(id)?.(frame);
        return;
      case 'action-finished':
        return;
      case 'fatal':
        throw new Error(`The server ended the connection: ${message.error.message}`);
      default:
        message satisfies never;
    }
  }

  #acknowledge(version: number): void {
    this.#unacknowledged += 1;
    if (this.#unacknowledged < acknowledgeEvery) return;
    this.#unacknowledged = 0;
    this.#send({ type: 'acknowledge', version, finished: this.#finished });
  }
}

/**
 * Reads what matters of a big transition with one answer from its two ends, so that the generator's JSON parsing does not
 * drown the server's work. Null for whatever has to be read whole. No conversation here watches two lists of which one
 * change touches both, so that a big transition with more than one answer does not come.
 */
function readShortTransition(frame: Buffer): { to: number; change: number } | null {
  if (frame.length < 1000 || frame.toString('latin1', frame.length - emptyEnd.length) !== emptyEnd) return null;
  const head = frame.toString('latin1', 0, 160).match(/^\{"type":"transition","from":\d+,"to":(\d+),"changes":\[\{"id":(\d+),"value":/);
  return head === null ? null : { to: Number(head[1]), change: Number(head[2]) };
}

const emptyEnd = '"finished":[]}';
