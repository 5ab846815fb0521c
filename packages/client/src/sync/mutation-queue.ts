/**
 * The mutations whose outcome has not arrived.
 *
 * Holds: mutations waiting to be sent, and those sent, by the id they have in the session.
 * Does not hold: promises, optimistic updates, the socket.
 * Always true: ids are given when a mutation is first sent, 1, 2, 3 … in order, and are kept by every resend.
 */
import type { EncodedValue } from '@betterbase/core';
import type { ClientMessage } from '@betterbase/protocol';

export interface Call {
  readonly path: string;
  readonly args: EncodedValue;
}

export class MutationQueue<Mutation extends Call> {
  #waiting: Mutation[] = [];
  readonly #sent = new Map<number, Mutation>();
  #lastId = 0;

  get size(): number {
    return this.#waiting.length + this.#sent.size;
  }

  /** The highest id up to which every outcome has arrived. */
  get finished(): number {
    const [oldest] = this.#sent.keys();
    return oldest === undefined ? this.#lastId : oldest - 1;
  }

  add(mutation: Mutation): void {
    this.#waiting.push(mutation);
  }

  /** Everything sent but unanswered, to be sent again, in order. */
  resend(): readonly ClientMessage[] {
    return Array.from(this.#sent, ([id, mutation]) => toMessage(id, mutation));
  }

  /** What was waiting, numbered. It counts as sent from now on. */
  flush(): readonly ClientMessage[] {
    const messages = this.#waiting.map((mutation) => {
      this.#lastId += 1;
      this.#sent.set(this.#lastId, mutation);
      return toMessage(this.#lastId, mutation);
    });
    this.#waiting = [];
    return messages;
  }

  /** The outcome has arrived. Undefined when it had arrived before. */
  finish(id: number): Mutation | undefined {
    const mutation = this.#sent.get(id);
    this.#sent.delete(id);
    return mutation;
  }

  /** The session is gone: returns those that were sent on it and whose outcome nobody will tell. Counting starts anew. */
  expire(): readonly Mutation[] {
    const lost = [...this.#sent.values()];
    this.#sent.clear();
    this.#lastId = 0;
    return lost;
  }

  /** Takes everything out. */
  clear(): readonly Mutation[] {
    const all = [...this.expire(), ...this.#waiting];
    this.#waiting = [];
    return all;
  }
}

function toMessage(id: number, { path, args }: Call): ClientMessage {
  return { type: 'mutation', id, path, args };
}
