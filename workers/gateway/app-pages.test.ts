import { expect, test } from 'vitest';
import { fromProject, toProject } from './app-pages.ts';

test('a project does not see the installation’s cookies', () => {
  const sent = (cookie: string) => toProject(new Request('https://x.example', { headers: { cookie } })).headers.get('cookie');

  expect(sent('a=1; __Host-betterbase=secret; b=betterbase')).toBe('a=1; b=betterbase');
  expect(sent('betterbase=secret')).toBeNull();
  expect(sent('a=1')).toBe('a=1');
});

test('a project does not set the installation’s cookies, and reaches nothing beyond its own addresses', () => {
  const headers = new Headers([
    ['set-cookie', 'a=1; Path=/'],
    ['set-cookie', '__Host-betterbase=mine; Path=/; Secure'],
    ['clear-site-data', '"cookies"'],
    ['service-worker-allowed', '/'],
    ['x-own', 'yes'],
  ]);
  const answer = fromProject(new Response('x', { status: 201, headers }));

  expect([answer.status, answer.headers.get('x-own')]).toEqual([201, 'yes']);
  expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/']);
  expect([answer.headers.has('clear-site-data'), answer.headers.has('service-worker-allowed')]).toEqual([false, false]);
});

test('a page of a project is of no origin, whatever policy it has of its own', () => {
  const answer = fromProject(new Response('<p>', { headers: { 'content-security-policy': "img-src 'self'" } }));

  expect(answer.headers.get('content-security-policy')).toMatch(/^img-src 'self', sandbox (?!.*allow-same-origin)/);
});
