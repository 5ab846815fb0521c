/**
 * The actions whose outcome has not arrived.
 *
 * Always true: an action is sent once. If the connection is lost after that, its outcome is unknown; one that was still
 * waiting goes out on the next connection.
 */
import type { ClientMessage } from '@betterbase/protocol';
import type { Call } from './mutation-queue.ts';

export class ActionCalls<Action extends Call> {
  readonly #waiting: Action[] = [];
  readonly #sent = new Map<number, Action>();
  #lastId = 0;

  get size(): number {
    return this.#waiting.length + this.#sent.size;
  }

  add(action: Action): void {
    this.#waiting.push(action);
  }

  flush(): readonly ClientMessage[] {
    return this.withdraw().map((action): ClientMessage => {
      this.#lastId += 1;
      this.#sent.set(this.#lastId, action);
      return { type: 'action', id: this.#lastId, path: action.path, args: action.args };
    });
  }

  finish(id: number): Action | undefined {
    const action = this.#sent.get(id);
    this.#sent.delete(id);
    return action;
  }

  /** The connection is gone: returns those that were sent on it. */
  lose(): readonly Action[] {
    const lost = [...this.#sent.values()];
    this.#sent.clear();
    return lost;
  }

  /** Takes out what was not sent. */
  withdraw(): readonly Action[] {
    return this.#waiting.splice(0);
  }

  /** Takes everything out. */
  clear(): readonly Action[] {
    return [...this.lose(), ...this.withdraw()];
  }
}
