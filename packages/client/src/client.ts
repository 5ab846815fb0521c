/** The door of the client: what an app calls, typed by references. */
import {
  type AnyValue,
  BetterBaseError,
  decodeValue,
  functionDefinition,
  type OptimisticStore,
  type RegisteredMutation,
  type Value,
  type Visibility,
} from '@betterbase/core';
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
import { HttpCalls } from './http/http-calls.ts';
import { Link } from './link.ts';
import { ObservedQuery } from './observed-query.ts';
import { createOptimisticStore } from './optimistic-store.ts';
import { type ClientOptions, readOptions } from './options.ts';
import type { Stop } from './platform/platform.ts';
import type { Layer } from './sync/optimistic-layers.ts';
import type { CallError } from './sync/outcome.ts';
import { toQueryCall } from './sync/query-call.ts';
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
  readonly #link: Link;
  readonly #http: HttpCalls;
  readonly #report: (error: unknown) => void;
  readonly #hasSockets: boolean;
  readonly #optimistic = new Map<string, AnyUpdate>();

  constructor(options: ClientOptions) {
    const settings = readOptions(options);
    this.url = settings.httpUrl;
    this.#link = new Link(settings);
    this.#http = new HttpCalls({ url: settings.httpUrl, key: settings.key, platform: settings.platform });
    this.#report = (error) => settings.platform.report(error);
    this.#hasSockets = settings.platform.WebSocket !== null;
  }

  /** The result as it is on the server now, without optimistic updates. Goes over HTTP, also where there are no sockets. */
  async query<Ref extends FunctionLike<'query'>>(ref: Ref, ...[args]: RestArgs<Ref>): Promise<ResultOf<Ref>> {
    const path = pathOf(ref);
    return asPromised(await this.#http.query({ path, args: encodeArgs(path, args) }));
  }

  /**
   * Runs once, after all mutations called before it, whatever happens to the connection. Resolves when watched queries
   * show its effect. Fails with `session/expired` if its outcome can no longer be known.
   */
  mutation<Ref extends FunctionLike<'mutation'>>(
    ref: Ref,
    ...given: [...RestArgs<Ref>, options?: MutationOptions<Ref>]
  ): Promise<ResultOf<Ref>>;
  async mutation(ref: FunctionLike<'mutation'>, args?: unknown, options: AnyMutationOptions = {}): Promise<unknown> {
    const path = pathOf(ref);
    const encoded = encodeArgs(path, args);
    if (!this.#hasSockets) return await this.#http.mutation({ path, args: encoded });
    const update = options.optimistic ?? options.optimisticUpdate ?? this.#optimistic.get(path);
    return await this.#link.mutation(path, encoded, update && toLayer(path, update, decodeValue(encodeArgs(path, args))));
  }

  /** Is sent once at most. Fails with `connection/lost` if its outcome can no longer be known. */
  async action<Ref extends FunctionLike<'action'>>(ref: Ref, ...[args]: RestArgs<Ref>): Promise<ResultOf<Ref>> {
    const path = pathOf(ref);
    const encoded = encodeArgs(path, args);
    return asPromised(await (this.#hasSockets ? this.#link.action(path, encoded) : this.#http.action({ path, args: encoded })));
  }

  /** The query, to look at and to listen to. Asks the server nothing until somebody listens. */
  observe<Ref extends FunctionLike<'query'>>(ref: Ref, ...[args]: RestArgs<Ref>): ObservedQuery<ResultOf<Ref>> {
    return this.#observe(ref, args);
  }

  /** Keeps the query fresh until `unsubscribe()`. Calls back with every new result, the one it has included. */
  watch<Ref extends FunctionLike<'query'>>(
    ref: Ref,
    args: ArgsOf<Ref>,
    onUpdate?: (result: ResultOf<Ref>) => void,
    onError: (error: CallError) => void = this.#report,
  ): WatchedQuery<ResultOf<Ref>> {
    return new WatchedQuery(this.#observe<ResultOf<Ref>>(ref, args), { onUpdate, onError });
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
   * Uses this update for every call of the mutation that brings none of its own.
   *
   * @example client.registerOptimistic(api.mutations.todos.add, add); // the mutation itself, with its `optimistic`
   */
  registerOptimistic<Ref extends FunctionLike<'mutation'>>(
    ref: Ref,
    update: OptimisticUpdate<Ref> | RegisteredMutation<Visibility, AnyValue, unknown>,
  ): void {
    const definition = functionDefinition(update);
    const own: AnyUpdate | null = definition === null ? update : definition.optimistic;
    if (own !== null) this.#optimistic.set(pathOf(ref), own);
  }

  connectionState(): ConnectionState {
    return this.#link.connectionState;
  }

  onConnectionState(listener: (state: ConnectionState) => void): Stop {
    return this.#link.onConnectionState(listener);
  }

  /** Ends everything: calls under way fail, watchers hear nothing more. */
  close(): void {
    this.#link.close();
  }

  #observe<Data>(ref: FunctionLike<'query'>, args: unknown): ObservedQuery<Data> {
    const path = pathOf(ref);
    return new ObservedQuery(this.#link, toQueryCall(path, encodeArgs(path, args)));
  }
}

interface AnyMutationOptions {
  readonly optimistic?: AnyUpdate | undefined;
  readonly optimisticUpdate?: AnyUpdate | undefined;
}
type AnyUpdate = (store: OptimisticStore, args: AnyValue) => unknown;

function toLayer(path: string, update: AnyUpdate, args: Value): Layer {
  return (results) => {
    const returned = update(createOptimisticStore(results), args);
    if (returned instanceof Promise) {
      throw new BetterBaseError('function/not-allowed-here', `The optimistic update of "${path}" is asynchronous.`, {
        hint: 'It changes what is shown now: read with store.getQuery and write with store.setQuery, without await.',
      });
    }
  };
}
