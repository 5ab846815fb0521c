import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodyOf, sendJson, startLoopbackServer } from '../loopback-server.ts';
import { pipelineBody } from './hrana-protocol.ts';
import { HranaStream } from './hrana-stream.ts';

export interface HranaOptions {
  /** What a client must show as its `authToken`. Anybody may come in unless told otherwise. */
  readonly authToken?: string;
  /** Milliseconds until a stream that nobody goes on with is closed and rolled back. 10,000 unless told otherwise. */
  readonly streamTimeout?: number;
  /** Where the database is kept. Absent: it begins empty and is gone when the server is closed. */
  readonly file?: string;
  /** 0, if nothing is said: the operating system chooses one. */
  readonly port?: number;
}

export interface HranaServer {
  readonly url: string;
  readonly port: number;
  /** The database, for a look at it with SQLite. */
  readonly file: string;
  close(): Promise<void>;
}

/**
 * A server of libSQL on this machine, for clients of Turso: Hrana over HTTP with batons, on libSQL itself, so with its
 * vectors and full text.
 *
 * Not as at Turso: whoever meets a lock is told `SQLITE_BUSY` at once, for nobody else can go on while one waits; and a
 * read-only transaction may write. And the package it is made of ends a text at a NUL character, and the process at a text
 * that is not UTF-8, which only SQL itself can make (`CAST(x'ff' AS TEXT)`).
 */
export async function startHrana({ authToken, streamTimeout = 10_000, file: kept, port }: HranaOptions = {}): Promise<HranaServer> {
  const { file, leave } = kept === undefined ? await newPlace() : { file: kept, leave: async () => {} };
  const streams = new Streams(file, streamTimeout);
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (authToken !== undefined && request.headers.authorization !== `Bearer ${authToken}`) {
      return sendJson(response, 401, { error: 'Unauthorized: the token is not known here' });
    }
    if (/^\/v[23]$/.test(request.url ?? '')) return sendJson(response, 200, {});
    if (!/^\/v[23]\/pipeline$/.test(request.url ?? '')) return sendJson(response, 404, { error: 'not found' });
    const body = pipelineBody.safeParse(await bodyOf(request));
    if (!body.success) return sendJson(response, 400, { message: body.error.message, code: 'HRANA_PROTO_ERROR' });
    const stream = streams.take(body.data.baton ?? null);
    if (stream === null) return sendJson(response, 400, { message: 'The stream has expired', code: 'STREAM_EXPIRED' });
    const results = body.data.requests.map((one) => stream.answer(one));
    sendJson(response, 200, { baton: streams.keep(stream), base_url: null, results });
  };
  const server = await startLoopbackServer(answer, port);
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    file,
    close: async () => {
      await server.close();
      streams.close();
      await leave();
    },
  };
}

async function newPlace(): Promise<{ readonly file: string; readonly leave: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'betterbase-hrana-'));
  return { file: join(folder, 'data.db'), leave: () => rm(folder, { recursive: true }) };
}

/** The streams that wait for their client's next request, each by the baton it was given last. */
class Streams {
  readonly #file: string;
  readonly #timeout: number;
  readonly #waiting = new Map<string, { readonly stream: HranaStream; readonly timer: NodeJS.Timeout }>();

  constructor(file: string, timeout: number) {
    this.#file = file;
    this.#timeout = timeout;
  }

  /** A new one for no baton; null for one that is not known, or no longer. */
  take(baton: string | null): HranaStream | null {
    if (baton === null) return new HranaStream(this.#file);
    const found = this.#waiting.get(baton);
    if (found === undefined) return null;
    clearTimeout(found.timer);
    this.#waiting.delete(baton);
    return found.stream;
  }

  keep(stream: HranaStream): string | null {
    if (!stream.isOpen) return null;
    const baton = randomUUID();
    this.#waiting.set(baton, { stream, timer: setTimeout(() => this.take(baton)?.close(), this.#timeout) });
    return baton;
  }

  close(): void {
    for (const baton of this.#waiting.keys()) this.take(baton)?.close();
  }
}
