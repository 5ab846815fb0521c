import type { EncodedValue } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** How a call ended, or what a query answers. */
export type Outcome = { readonly value: EncodedValue } | { readonly error: WireError };

/** What a query answers, and where the pages in that end. */
export type Answered = Outcome & { readonly journal?: string };

/** What a server remembers of a client between connections. */
export interface ModelSession {
  readonly id: string;
  /** By mutation id; those the client holds are forgotten. */
  readonly outcomes: Map<number, Outcome>;
  lastMutation: number;
}

export class ModelSessions {
  readonly #known = new Map<string, ModelSession>();
  #count = 0;

  find(id: string | null): ModelSession | undefined {
    return id === null ? undefined : this.#known.get(id);
  }

  create(): ModelSession {
    this.#count += 1;
    const session: ModelSession = { id: `session-${this.#count}`, outcomes: new Map(), lastMutation: 0 };
    this.#known.set(session.id, session);
    return session;
  }

  expireAll(): void {
    this.#known.clear();
  }
}
