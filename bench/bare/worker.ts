/**
 * The yardstick: what a competent engineer would write by hand for this one job. One Worker that forwards, one Durable
 * Object that parses JSON, runs SQL and answers JSON, with hibernating sockets and a map from list to its watchers.
 *
 * It leaves out everything the job does not force: no validation, no identity, no request ids, no exactly-once, no logs,
 * no deploys. It has no cache, and each request commits by itself.
 */
import type {
  DurableObjectNamespace,
  DurableObjectState,
  Request as WorkerRequest,
  Response as WorkerResponse,
  WebSocket as WorkerSocket,
} from '@cloudflare/workers-types';

import type { LargeJob } from '../load/large-job.ts';
import { Large } from './large.ts';

declare const Response: typeof WorkerResponse;
declare const WebSocketPair: new () => { 0: WorkerSocket; 1: WorkerSocket };

interface Row {
  readonly [column: string]: string | number | null;
}

interface Job {
  readonly n?: number;
  readonly do: 'query' | 'watch' | 'add' | 'change' | 'fill';
  readonly list: string;
  readonly id: number;
  readonly text: string;
  readonly position: number;
  readonly author: string;
  readonly count: number;
}

export default {
  fetch(request: WorkerRequest, env: { readonly LISTS: DurableObjectNamespace }): Promise<WorkerResponse> {
    return env.LISTS.get(env.LISTS.idFromName('bench')).fetch(request);
  },
};

export class Lists {
  readonly #state: DurableObjectState;
  readonly #watchers = new Map<string, Set<WorkerSocket>>();
  readonly #large: Large;
  #rowsWritten = 0;

  constructor(state: DurableObjectState) {
    this.#state = state;
    this.#large = new Large(state.storage.sql);
    state.storage.sql.exec(
      'CREATE TABLE IF NOT EXISTS items (id INTEGER PRIMARY KEY, list TEXT NOT NULL, text TEXT NOT NULL, done INTEGER NOT NULL, position INTEGER NOT NULL, author TEXT NOT NULL, created REAL NOT NULL)',
    );
    state.storage.sql.exec('CREATE INDEX IF NOT EXISTS by_list ON items (list)');
    for (const socket of state.getWebSockets()) {
      for (const list of socket.deserializeAttachment() as string[]) this.#remember(list, socket);
    }
  }

  async fetch(request: WorkerRequest): Promise<WorkerResponse> {
    const path = new URL(request.url).pathname;
    if (path === '/live') return this.#open();
    if (path === '/large') return new Response(this.#large.run((await request.json()) as LargeJob));
    if (path === '/rows-written') return new Response(String(this.#rowsWritten));
    return new Response(this.#run((await request.json()) as Job), { headers: { 'content-type': 'application/json' } });
  }

  webSocketMessage(socket: WorkerSocket, message: string): void {
    const job = JSON.parse(message) as Job;
    if (job.do === 'watch') {
      this.#remember(job.list, socket);
      socket.serializeAttachment([...(socket.deserializeAttachment() as string[]), job.list]);
    }
    socket.send(`{"n":${job.n},"value":${this.#run(job)}}`);
  }

  webSocketClose(socket: WorkerSocket): void {
    for (const list of socket.deserializeAttachment() as string[]) {
      const watchers = this.#watchers.get(list);
      watchers?.delete(socket);
      if (watchers?.size === 0) this.#watchers.delete(list);
    }
    // Nobody else answers the client's close frame.
    socket.close();
  }

  #open(): WorkerResponse {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#state.acceptWebSocket(server);
    server.serializeAttachment([]);
    return new Response(null, { status: 101, webSocket: client });
  }

  #run(job: Job): string {
    switch (job.do) {
      case 'query':
      case 'watch':
        return this.#items(job.list);
      case 'add':
        return this.#add(job);
      case 'change':
        return this.#change(job);
      case 'fill':
        for (let position = 0; position < job.count; position++) this.#add({ ...job, position });
        return 'null';
      default:
        return job.do satisfies never;
    }
  }

  #items(list: string): string {
    return JSON.stringify(this.#state.storage.sql.exec<Row>('SELECT * FROM items WHERE list = ?', list).toArray());
  }

  #add(job: Job): string {
    const cursor = this.#state.storage.sql.exec<{ id: number }>(
      'INSERT INTO items (list, text, done, position, author, created) VALUES (?, ?, 0, ?, ?, ?) RETURNING id',
      job.list,
      job.text,
      job.position,
      job.author,
      Date.now(),
    );
    const { id } = cursor.one();
    this.#rowsWritten += cursor.rowsWritten;
    this.#tell(job.list);
    return String(id);
  }

  #change(job: Job): string {
    const cursor = this.#state.storage.sql.exec<{ list: string }>(
      'UPDATE items SET text = ? WHERE id = ? RETURNING list',
      job.text,
      job.id,
    );
    const { list } = cursor.one();
    this.#rowsWritten += cursor.rowsWritten;
    this.#tell(list);
    return 'null';
  }

  #tell(list: string): void {
    const watchers = this.#watchers.get(list);
    if (watchers === undefined) return;
    const news = `{"list":${JSON.stringify(list)},"value":${this.#items(list)}}`;
    for (const watcher of watchers) watcher.send(news);
  }

  #remember(list: string, socket: WorkerSocket): void {
    const watchers = this.#watchers.get(list);
    if (watchers === undefined) this.#watchers.set(list, new Set([socket]));
    else watchers.add(socket);
  }
}
