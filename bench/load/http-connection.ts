/**
 * One keep-alive HTTP/1.1 connection that carries one request at a time, on a plain socket.
 *
 * The generator shares the machine with what it measures, so it does only what the job needs: a request is bytes made
 * beforehand, an answer's body stays bytes until somebody reads it.
 */
import { connect, type Socket } from 'node:net';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

interface Waiting {
  resolve(answer: HttpAnswer): void;
  reject(error: Error): void;
}

const headEnd = Buffer.from('\r\n\r\n');

export class HttpConnection {
  readonly #socket: Socket;
  readonly #host: string;
  #waiting: Waiting | null = null;
  #received: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The server closed the connection.')));
  }

  static open(url: URL): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(url.port), url.hostname);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket, url.host));
      });
    });
  }

  send(request: HttpRequest): Promise<HttpAnswer> {
    if (this.#waiting !== null) throw new Error('A connection carries one request at a time.');
    const extra = Object.entries(request.headers ?? {}).map(([name, value]) => `${name}: ${value}\r\n`);
    const body =
      request.body === undefined
        ? '\r\n'
        : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(request.body)}\r\n\r\n${request.body}`;
    this.#socket.write(`${request.method} ${request.path} HTTP/1.1\r\nhost: ${this.#host}\r\n${extra.join('')}${body}`);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const answer = parseAnswer(this.#received);
    if (answer === null) return;
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.reject(error);
  }
}

/** Null until the whole answer is there. */
function parseAnswer(bytes: Buffer): HttpAnswer | null {
  const end = bytes.indexOf(headEnd);
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const body = bytes.subarray(end + headEnd.length);
  const length = head.match(/\r\ncontent-length: *(\d+)/i)?.[1];
  if (length !== undefined) return body.length < Number(length) ? null : { status, body };
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) return { status, body };
  const joined = joinChunks(body);
  return joined === null ? null : { status, body: joined };
}

/** Null until the last chunk is there. */
function joinChunks(body: Buffer): Buffer | null {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const start = lineEnd + 2;
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16);
    at = start + size + 2;
    if (at > body.length) return null;
    if (size === 0) return Buffer.concat(parts);
    parts.push(body.subarray(start, start + size));
  }
}
