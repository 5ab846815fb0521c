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

/** A server ends a connection on which 1,000 mutations wait for their outcome: no more than this are sent ahead. */
const mostUnderWay = 500;

export class MutationQueue<Mutation extends Call> {
  readonly #waiting: Mutation[] = [];
  readonly #sent = new Map<number, Mutation>();
  #lastId = 0;
  /** Sent on an earlier connection; those of them that this one has not been told yet. */
  readonly #again = new Set<number>();
  #untold: readonly number[] = [];

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

  /**
   * True until the outcomes of all mutations sent on earlier connections are there: what the server shows may hold their
   * effects already.
   */
  get isCatchingUp(): boolean {
    return this.#again.size > 0;
  }

  /** On a new connection, everything sent but unanswered is to be sent again. */
  restart(): void {
    this.#untold = [...this.#sent.keys()];
    for (const id of this.#untold) this.#again.add(id);
  }

  /** What is to be sent: again what was, then what was waiting, as far as there is room. That counts as sent from now on. */
  flush(): readonly ClientMessage[] {
    const ids = [...this.#untold];
    for (const mutation of this.#waiting.splice(0, mostUnderWay - this.#sent.size)) {
      this.#lastId += 1;
      this.#sent.set(this.#lastId, mutation);
      ids.push(this.#lastId);
    }
    this.#untold = [];
    return ids.flatMap((id) => {
      const mutation = this.#sent.get(id);
      return mutation === undefined ? [] : [{ type: 'mutation', id, path: mutation.path, args: mutation.args }];
    });
  }

  /** The outcome has arrived. Undefined when it had arrived before. */
  finish(id: number): Mutation | undefined {
    const mutation = this.#sent.get(id);
    this.#sent.delete(id);
    this.#again.delete(id);
    return mutation;
  }

  /** The session is gone: returns those that were sent on it and whose outcome nobody will tell. Counting starts anew. */
  expire(): readonly Mutation[] {
    const lost = [...this.#sent.values()];
    this.#sent.clear();
    this.#again.clear();
    this.#untold = [];
    this.#lastId = 0;
    return lost;
  }

  /** Takes out what was not sent. */
  withdraw(): readonly Mutation[] {
    return this.#waiting.splice(0);
  }

  /** Takes everything out. */
  clear(): readonly Mutation[] {
    return [...this.expire(), ...this.withdraw()];
  }
}
