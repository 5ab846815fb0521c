/** What a client of the admin API sends, typed by the contract. */
import type { AdminRoute } from './admin-table.ts';
import type { BodyOf, QueryOf } from './requests/index.ts';

type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<`/${Rest}`>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never;

type Part<Key extends string, Value> = [Value] extends [undefined]
  ? { readonly [K in Key]?: never }
  : Record<never, never> extends Value
    ? { readonly [K in Key]?: Value }
    : { readonly [K in Key]: Value };

/** `params` are those of the path. Parts that a route does not have are left out. */
export type AdminCall<Route extends AdminRoute> = ([Names<Route>] extends [never]
  ? { readonly params?: never }
  : { readonly params: Readonly<Record<Names<Route>, string>> }) &
  Part<'query', QueryOf<Route>> &
  Part<'body', BodyOf<Route>>;

/** For routes that need nothing, the call may be left out. */
export type AdminCallArguments<Route extends AdminRoute> =
  Record<never, never> extends AdminCall<Route> ? readonly [call?: AdminCall<Route>] : readonly [call: AdminCall<Route>];

export interface AdminCallText {
  readonly method: string;
  /** With the query; begins with `/admin`. */
  readonly path: string;
  /** JSON; null: none. */
  readonly body: string | null;
}

interface AnyCall {
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: object | undefined;
  readonly body?: object | undefined;
}

export function toAdminCall<Route extends AdminRoute>(route: Route, ...[call]: AdminCallArguments<Route>): AdminCallText {
  // Every route's call has these parts and no others.
  const { params = {}, query = {}, body } = (call ?? {}) as AnyCall;
  const [method = '', path = ''] = route.split(' ');
  const filled = path.replaceAll(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const asked = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const search = new URLSearchParams(asked).toString();
  return { method, path: search === '' ? filled : `${filled}?${search}`, body: body === undefined ? null : JSON.stringify(body) };
}
