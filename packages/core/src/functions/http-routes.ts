/** Reads the routes of an app's `http.ts`: its default export, or null where there is none. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import { type HttpRouter, isHttpRouter, type RoutableMethod } from './http-router.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { functionDefinition } from './registered-function.ts';

export interface HttpRoute {
  readonly method: RoutableMethod;
  readonly path?: string;
  readonly pathPrefix?: string;
}

/** @throws BetterBaseError `http/bad-route` when the export is no router. */
export function httpRoutes(http: unknown): HttpRoute[] {
  const routes = parseRouter(http)?.getRoutes() ?? [];
  return routes.map(([path, method]) => (path.endsWith('*') ? { method, pathPrefix: path.slice(0, -1) } : { method, path }));
}

/** What answers a request; null: nothing does. @throws BetterBaseError `http/bad-route` when the export is no router. */
export function findHttpRoute(http: unknown, path: string, method: string): { readonly handler: FunctionDefinition['handler'] } | null {
  const found = parseRouter(http)?.lookup(path, method);
  const handler = found === undefined || found === null ? undefined : functionDefinition(found[0])?.handler;
  return handler === undefined ? null : { handler };
}

function parseRouter(http: unknown): HttpRouter | null {
  if (http === null || http === undefined) return null;
  if (isHttpRouter(http)) return http;
  throw new BetterBaseError('http/bad-route', 'betterbase/http.ts does not export a router.', {
    hint: 'Write const http = httpRouter(); http.route({ … }); export default http;',
  });
}
