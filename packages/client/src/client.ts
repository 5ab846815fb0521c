/** The door of the client: what an app calls, typed by references. */
import { ownDefinition } from '@betterbase/core';
import type { ConnectionState } from './connection-state.ts';
import {
  type ArgsOf,
  asPromised,
  encodeArgs,
  type FunctionLike,
  type OptimisticUpdate,
  pathOf,
  type RestArgs,
  type ResultOf,
} from './function-call.ts';
import { httpCalls, type LazyHttpCalls } from './http/lazy-http-calls.ts';
import { Link } from './link.ts';
import type { ObservedQuery } from './observed-query.ts';
import { type ClientOptions, readOptions } from './options.ts';
import type { Guard, Guarded } from './guard.ts';
import type { Platform, Stop } from './platform/platform.ts';
import type { CallError } from './sync/outcome.ts';
import { type AnyMutationOptions, type AnyUpdate, createUncheckedCalls, type UncheckedCalls } from './unchecked-calls.ts';
import { WatchedQuery } from './watched-query.ts';

export interface MutationOptions<Ref> {
  /** What queries show until the mutation's result is there. Stands in for the one registered for the mutation. */
  readonly optimistic?: OptimisticUpdate<Ref> | undefined;
  /** Convex's name for it. */
  readonly optimisticUpdate?: OptimisticUpdate<Ref> | undefined;
}

/**
 * One project, as an app sees it.
 *
 * @example
 * const client = createClient({ url: 'https://api.example.com/p/shop' });
 * const todos = client.watch(api.queries.todos.list, {}, (list) => console.log(list));
 * await client.mutation(api.mutations.todos.add, { text: 'Milk' });
 */
export class BetterBaseClient {
  /** Where the project is. */
  readonly url: string;
  /** The same calls for bindings to other libraries, which check arguments and results by types of their own. */
  readonly unchecked: UncheckedCalls;
  readonly #link: Link;
  readonly #http: LazyHttpCalls;
  readonly #platform: Platform;
  readonly #optimistic = new Map<string, AnyUpdate>();

  constructor(options: ClientOptions) {
    const settings = readOptions(options);
    this.url = settings.httpUrl;
    this.#link = new Link(settings);
    const { httpUrl: url, key, platform } = settings;
    this.#http = httpCalls({ url, key, token: async () => await this.#link.guard?.token(), platform });
    this.#platform = platform;
    const optimistic = this.#optimistic;
    this.unchecked = createUncheckedCalls({ link: this.#link, http: settings.platform.WebSocket === null ? this.#http : null, optimistic });
  }

  /** The result as it is on the server now, without optimistic updates. Goes over HTTP, also where there are no sockets. */
  async query<Ref extends FunctionLike<'query'>>(ref: Ref, ...[args]: RestArgs<Ref>): Promise<ResultOf<Ref>> {
    const path = pathOf(ref);
    return asPromised(await this.#http('query', { path, args: encodeArgs(path, args) }));
  }

  /**
   * Runs once, after all mutations called before it, whatever happens to the connection. Resolves when watched queries
   * show its effect. Fails with `session/expired` if its outcome can no longer be known.
   */
  mutation<Ref extends FunctionLike<'mutation'>>(
    ref: Ref,
    ...given: [...RestArgs<Ref>, options?: MutationOptions<Ref>]
  ): Promise<ResultOf<Ref>>;
  mutation(ref: FunctionLike<'mutation'>, args?: unknown, options?: AnyMutationOptions): Promise<unknown> {
    return this.unchecked.mutation(ref, args, options);
  }

  /** Is sent once at most. Fails with `connection/lost` if its outcome can no longer be known. */
  action<Ref extends FunctionLike<'action'>>(ref: Ref, ...[args]: RestArgs<Ref>): Promise<ResultOf<Ref>> {
    return this.unchecked.action(ref, args);
  }

  /** The query, to look at and to listen to. Asks the server nothing until somebody listens. */
  observe<Ref extends FunctionLike<'query'>>(ref: Ref, ...[args]: RestArgs<Ref>): ObservedQuery<ResultOf<Ref>> {
    return this.unchecked.observe(ref, args);
  }

  /** Keeps the query fresh until `unsubscribe()`. Calls back with every new result, the one it has included. */
  watch<Ref extends FunctionLike<'query'>>(
    ref: Ref,
    args: ArgsOf<Ref>,
    onUpdate?: (result: ResultOf<Ref>) => void,
    onError: (error: CallError) => void = (error) => this.#platform.report(error),
  ): WatchedQuery<ResultOf<Ref>> {
    return new WatchedQuery(this.unchecked.observe<ResultOf<Ref>>(ref, args), { onUpdate, onError });
  }

  /** Like `watch`, and returns the function that ends it. */
  subscribe<Ref extends FunctionLike<'query'>>(
    ref: Ref,
    args: ArgsOf<Ref>,
    onChange: (result: ResultOf<Ref>) => void,
    onError?: (error: CallError) => void,
  ): Stop {
    const watched = this.watch(ref, args, onChange, onError);
    return () => watched.unsubscribe();
  }

  /**
   * Uses this update for every call of the mutation that brings none of its own. The mutation itself, as it was defined,
   * stands for its own `optimistic`.
   *
   * @example client.registerOptimistic(api.mutations.todos.add, add);
   */
  registerOptimistic<Ref extends FunctionLike<'mutation'>>(ref: Ref, update: OptimisticUpdate<Ref>): void {
    const definition = ownDefinition(update);
    const own: AnyUpdate | null = definition === null ? update : definition.optimistic;
    if (own !== null) this.#optimistic.set(pathOf(ref), own);
  }

  connectionState(): ConnectionState {
    return this.#link.connectionState;
  }

  onConnectionState(listener: (state: ConnectionState) => void): Stop {
    return this.#link.onConnectionState(listener);
  }

  /** For `@betterbase/client/auth`: puts in charge of who the client says it is. */
  guardWith<Kind extends Guard>(createGuard: (guarded: Guarded, platform: Platform) => Kind): Kind {
    return (this.#link.guard = createGuard(this.#link, this.#platform));
  }

  /** Ends everything: calls under way fail, watchers hear nothing more. */
  close(): void {
    this.#link.close();
  }
}
