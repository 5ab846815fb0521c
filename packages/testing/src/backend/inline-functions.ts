import { internalAction, internalMutation, internalQuery, v } from '@betterbase/core';
import { type AppModule, letWriteUsers } from '@betterbase/engine';

export type InlineFunction = (ctx: never) => unknown;

const module = 'testing/inline';

/** Lets a test run a function that no module exports: registered functions that look up what they are to run. */
export class InlineFunctions {
  readonly #waiting = new Map<number, InlineFunction>();
  #last = 0;

  /** To be added to the app's own. */
  readonly modules: AppModule['modules'];

  constructor() {
    const definition = {
      args: { id: v.number() },
      handler: async (ctx: unknown, { id }: { readonly id: number }) => await this.#run(ctx, id),
    };
    this.modules = {
      [module]: { query: internalQuery(definition), mutation: internalMutation(definition), action: internalAction(definition) },
    };
  }

  async call<T>(
    kind: 'query' | 'mutation' | 'action',
    work: InlineFunction,
    run: (path: string, args: { readonly id: number }) => Promise<T>,
  ): Promise<T> {
    this.#last++;
    const id = this.#last;
    this.#waiting.set(id, work);
    try {
      return await run(`${module}:${kind}`, { id });
    } finally {
      this.#waiting.delete(id);
    }
  }

  async #run(ctx: unknown, id: number): Promise<unknown> {
    // A test says who the users are: here nobody signs up.
    if (typeof ctx === 'object' && ctx !== null && 'db' in ctx) letWriteUsers(ctx.db);
    // Whoever handed the function in knows which kind of ctx it takes.
    return await this.#waiting.get(id)?.(ctx as never);
  }
}
