import { describe, expect, test } from 'vitest';
import { query } from './define-function.ts';
import { httpAction } from './http-action.ts';
import { findHttpRoute, httpRoutes } from './http-routes.ts';
import { httpRouter, type RouteSpec } from './http-router.ts';

const answer = () => httpAction(() => new Response());

describe('a router', () => {
  test('finds the handler of a path and a method', () => {
    const [post, get] = [answer(), answer()];
    const http = httpRouter();
    http.route({ path: '/hook', method: 'POST', handler: post });
    http.route({ path: '/hook', method: 'GET', handler: get });

    expect(http.lookup('/hook', 'POST')).toEqual([post, 'POST', '/hook']);
    expect(http.lookup('/hook', 'GET')?.[0]).toBe(get);
    expect([http.lookup('/hook', 'PUT'), http.lookup('/hook/', 'POST'), http.lookup('/other', 'POST')]).toEqual([null, null, null]);
  });

  test('an exact path wins over a prefix, a longer prefix over a shorter one', () => {
    const [all, files, one] = [answer(), answer(), answer()];
    const http = httpRouter();
    http.route({ pathPrefix: '/', method: 'GET', handler: all });
    http.route({ pathPrefix: '/files/', method: 'GET', handler: files });
    http.route({ path: '/files/one', method: 'GET', handler: one });

    expect(http.lookup('/files/one', 'GET')).toEqual([one, 'GET', '/files/one']);
    expect(http.lookup('/files/two', 'GET')).toEqual([files, 'GET', '/files/*']);
    expect(http.lookup('/files', 'GET')).toEqual([all, 'GET', '/*']);
  });

  test('a prefix without the method leaves the request to a shorter one', () => {
    const [all, files] = [answer(), answer()];
    const http = httpRouter();
    http.route({ pathPrefix: '/', method: 'POST', handler: all });
    http.route({ pathPrefix: '/files/', method: 'GET', handler: files });

    expect(http.lookup('/files/one', 'POST')?.[0]).toBe(all);
  });

  test('HEAD is answered as GET', () => {
    const get = answer();
    const http = httpRouter();
    http.route({ path: '/page', method: 'GET', handler: get });

    expect(http.lookup('/page', 'HEAD')).toEqual([get, 'GET', '/page']);
    expect(http.lookup('/page', 'TRACE')).toBeNull();
  });

  test.each<[string, object, string]>([
    ['no path', { method: 'GET' }, 'it has to have a path or a pathPrefix'],
    ['a path and a prefix', { method: 'GET', path: '/a', pathPrefix: '/a/' }, 'and not both'],
    ['a relative path', { method: 'GET', path: 'a' }, '"a" does not begin with /'],
    ['a prefix that is no folder', { method: 'GET', pathPrefix: '/a' }, '"/a" does not end in /'],
    ['a wildcard', { method: 'GET', path: '/a/*' }, '"/a/*" has a wildcard'],
    ['a method that does not exist', { method: 'FETCH', path: '/a' }, '"FETCH" is not a method for routes'],
    ['a method in small letters', { method: 'get', path: '/a' }, '"get" is not a method for routes'],
    ['a handler that is a query', { method: 'GET', path: '/a', handler: query(() => 1) }, 'the handler is not an httpAction'],
  ])('refuses %s', (_what, spec, message) => {
    const route = (): void => httpRouter().route({ handler: answer(), ...spec } as RouteSpec);

    expect(route).toThrow(message);
    expect(route).toThrow(expect.objectContaining({ code: 'http/bad-route' }));
  });

  test('refuses a second handler for the same path and method', () => {
    const http = httpRouter();
    http.route({ path: '/a', method: 'GET', handler: answer() });

    expect(() => http.route({ path: '/a', method: 'GET', handler: answer() })).toThrow('GET /a has a route already');
  });
});

describe('the routes of an app', () => {
  test('are listed by path', () => {
    const http = httpRouter();
    http.route({ pathPrefix: '/files/', method: 'GET', handler: answer() });
    http.route({ path: '/a', method: 'POST', handler: answer() });

    expect(http.getRoutes().map(([path, method]) => [path, method])).toEqual([
      ['/a', 'POST'],
      ['/files/*', 'GET'],
    ]);
    expect(httpRoutes(http)).toEqual([
      { path: '/a', method: 'POST' },
      { pathPrefix: '/files/', method: 'GET' },
    ]);
  });

  test('lead to handlers', async () => {
    const http = httpRouter();
    http.route({ path: '/a', method: 'POST', handler: httpAction((_ctx, request) => new Response(request.url)) });

    const response = await findHttpRoute(http, '/a', 'POST')?.handler({}, new Request('http://localhost/a'));
    expect(response instanceof Response && (await response.text())).toBe('http://localhost/a');
    expect(findHttpRoute(http, '/b', 'POST')).toBeNull();
  });

  test('are none where there is no router, and an error where there is something else', () => {
    expect([httpRoutes(null), findHttpRoute(undefined, '/a', 'GET')]).toEqual([[], null]);
    expect(() => httpRoutes({ route: 5 })).toThrow('betterbase/http.ts does not export a router.');
  });
});
