import { BetterBaseError } from '../errors/betterbase-error.ts';
import { type HttpAction, isHttpAction } from './http-action.ts';

/** The methods that a route can have. HEAD is answered by the route of GET. */
const routableMethods = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'] as const;
/** Convex's name. */
export { routableMethods as ROUTABLE_HTTP_METHODS };
export type RoutableMethod = (typeof routableMethods)[number];

interface RouteBase {
  readonly method: RoutableMethod;
  readonly handler: HttpAction;
}
export type RouteSpec =
  | (RouteBase & { readonly path: string; readonly pathPrefix?: never })
  /** Ends in a slash; everything below it. */
  | (RouteBase & { readonly pathPrefix: string; readonly path?: never });

type Handlers = Map<RoutableMethod, HttpAction>;
type Prefixes = Map<string, HttpAction>;

/**
 * The HTTP routes of an app, by path and method.
 *
 * Holds: the routes. Does not hold: the prefix they are served under, CORS, the 404.
 * Always true: an exact path wins over a prefix, a longer prefix over a shorter one.
 */
export class HttpRouter {
  readonly isRouter = true;
  /** By path, then method. Open, like the one below, because routers around routers (CORS) are written with them. */
  exactRoutes = new Map<string, Handlers>();
  /** By method, then prefix. */
  prefixRoutes = new Map<RoutableMethod, Prefixes>();

  /**
   * Adds a route.
   *
   * @example http.route({ path: '/hook', method: 'POST', handler: httpAction(async (ctx, request) => new Response('ok')) });
   * @throws BetterBaseError `http/bad-route`
   */
  route(spec: RouteSpec): void {
    const { method, handler } = spec;
    if (!routableMethods.includes(method))
      throw badRoute(`${JSON.stringify(method)} is not a method for routes`, `Use one of ${routableMethods.join(', ')}.`);
    if (!isHttpAction(handler)) throw badRoute('the handler is not an httpAction', 'Write handler: httpAction(async (ctx, request) => …).');
    const { path, isPrefix } = readPath(spec);
    if (!path.startsWith('/')) throw badRoute(`${JSON.stringify(path)} does not begin with /`, 'Paths are absolute: /hook.');
    if (path.includes('*')) throw badRoute(`${JSON.stringify(path)} has a wildcard`, 'Use pathPrefix: "/files/" for everything below it.');
    const isTaken = isPrefix ? this.prefixRoutes.get(method)?.has(path) : this.exactRoutes.get(path)?.has(method);
    if (isTaken === true) throw badRoute(`${method} ${path} has a route already`, 'Each method and path has one handler.');
    if (isPrefix) this.prefixRoutes.set(method, (this.prefixRoutes.get(method) ?? new Map<string, HttpAction>()).set(path, handler));
    else this.exactRoutes.set(path, (this.exactRoutes.get(path) ?? new Map<RoutableMethod, HttpAction>()).set(method, handler));
  }

  /** What answers a request: handler, method and path of the route. Null: nothing does. */
  lookup(path: string, method: string): readonly [handler: HttpAction, method: RoutableMethod, path: string] | null {
    const wanted = routableMethods.find((each) => each === (method === 'HEAD' ? 'GET' : method));
    if (wanted === undefined) return null;
    const exact = this.exactRoutes.get(path)?.get(wanted);
    if (exact !== undefined) return [exact, wanted, path];
    const prefixes = this.prefixRoutes.get(wanted) ?? new Map<string, HttpAction>();
    const prefix = [...prefixes.keys()]
      .filter((each) => path.startsWith(each))
      .reduce((longest, each) => (each.length > longest.length ? each : longest), '');
    const handler = prefixes.get(prefix);
    return handler === undefined ? null : [handler, wanted, `${prefix}*`];
  }

  /** All routes, sorted by path: `[path, method, handler]`. The path of a prefix ends in `*`. */
  getRoutes(): (readonly [path: string, method: RoutableMethod, handler: HttpAction])[] {
    const exact = [...this.exactRoutes].flatMap(([path, handlers]) =>
      [...handlers].map(([method, handler]) => [path, method, handler] as const),
    );
    const prefixes = [...this.prefixRoutes].flatMap(([method, handlers]) =>
      [...handlers].map(([path, handler]) => [`${path}*`, method, handler] as const),
    );
    return [...exact, ...prefixes].sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
  }
}

/** A new router, to be the default export of `betterbase/http.ts`. */
export function httpRouter(): HttpRouter {
  return new HttpRouter();
}

/** A router of whatever copy of this package. */
export function isHttpRouter(value: unknown): value is HttpRouter {
  return (
    typeof value === 'object' &&
    value !== null &&
    'isRouter' in value &&
    value.isRouter === true &&
    'lookup' in value &&
    typeof value.lookup === 'function'
  );
}

function badRoute(problem: string, hint: string): BetterBaseError {
  return new BetterBaseError('http/bad-route', `http.route: ${problem}.`, { hint });
}

function readPath(spec: RouteSpec): { readonly path: string; readonly isPrefix: boolean } {
  if (typeof spec.path === 'string' && spec.pathPrefix === undefined) return { path: spec.path, isPrefix: false };
  if (typeof spec.pathPrefix === 'string' && spec.path === undefined) {
    if (!spec.pathPrefix.endsWith('/'))
      throw badRoute(`the prefix ${JSON.stringify(spec.pathPrefix)} does not end in /`, 'Write pathPrefix: "/files/".');
    return { path: spec.pathPrefix, isPrefix: true };
  }
  throw badRoute('it has to have a path or a pathPrefix, and not both', 'Write path: "/hook" or pathPrefix: "/files/".');
}
