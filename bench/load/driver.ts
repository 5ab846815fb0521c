/** How the load generator speaks to one system. Both systems do the same jobs; only the words differ. */
import type { HttpConnection, HttpRequest } from './http-connection.ts';
import type { LargeJob } from './large-job.ts';

export type Job =
  | { readonly do: 'query'; readonly list: string }
  | { readonly do: 'add'; readonly list: string; readonly text: string; readonly position: number; readonly author: string }
  | { readonly do: 'change'; readonly id: string; readonly text: string };

export interface Item {
  readonly id: string;
  readonly text: string;
}

export interface Driver {
  readonly name: 'ours' | 'bare';

  request(job: Job): HttpRequest;
  /** Puts `count` items into a list, in one request. */
  fill(list: string, count: number): HttpRequest;
  large(job: LargeJob): HttpRequest;
  /** What a large job is answered with. */
  largeAnswer(body: string): unknown;
  /** Says whether the body is a success, from its first bytes. */
  succeeded(body: Buffer): boolean;
  /** The items in the answer to a query. */
  items(body: string): readonly Item[];
  /** The same, of a frame. */
  itemsInFrame(frame: string): readonly Item[];

  readonly socketPath: string;
  /** What is said on a fresh socket, and the talk that goes on from there. */
  converse(socket: TextSocket): Promise<Conversation>;

  /** Storage rows that `work` writes, as the storage counts them. Nothing else may be going on. */
  rowsWritten(connection: HttpConnection, work: () => Promise<void>): Promise<number>;
}

/** A WebSocket of text frames, whoever implements it. Frames are handed over as bytes, undecoded. */
export interface TextSocket {
  send(text: string): void;
  onFrame(take: (frame: Buffer) => void): void;
  /** Returns when the server has closed it too. */
  close(): Promise<void>;
}

export interface Conversation {
  /** One query, addition or change, answered by the frame that holds its result. Several may be under way. */
  call(job: Job): Promise<Buffer>;
  /** From the first answer on, `take` gets each frame that brings a new answer. */
  watch(list: string, take: (frame: Buffer) => void): Promise<void>;
  close(): Promise<void>;
}
