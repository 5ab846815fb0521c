import type { Caller } from '../turns/caller.ts';
import type { LiveQuery, Watcher } from '../turns/live-query.ts';

/** Equal to no answer's hash: the client holds the answer as of the moment we fell asleep. */
const heldAnswer = 'held';

/** A client's wish to keep one query fresh, and what we last told it. */
export class Subscription<Connection extends Watcher> implements Watcher {
  readonly connection: Connection;
  readonly id: number;
  readonly path: string;
  readonly args: string;
  /** The hash of the answer that the client says it holds. */
  readonly known: string | null;
  /** Of the answer that the client holds. */
  journal: string | null;
  /** Set as soon as it is watched. */
  query: LiveQuery<Subscription<Connection>> | null = null;
  /** The hash of the last answer told. */
  told: string | null = null;
  /** What was told last is not what a run would say. */
  isRefused = false;
  /** On disk, for when we sleep. */
  isSaved: boolean;

  constructor(
    parts: Pick<Subscription<Connection>, 'connection' | 'id' | 'path' | 'args' | 'known' | 'journal'> & { readonly isRestored: boolean },
  ) {
    this.connection = parts.connection;
    this.id = parts.id;
    this.path = parts.path;
    this.args = parts.args;
    this.known = parts.known;
    this.journal = parts.journal;
    if (parts.isRestored) this.told = heldAnswer;
    this.isSaved = parts.isRestored;
  }

  get caller(): Caller {
    return this.connection.caller;
  }

  get isAnswered(): boolean {
    return this.told !== null;
  }
}
