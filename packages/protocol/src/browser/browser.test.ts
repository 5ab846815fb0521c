import { expect, test } from 'vitest';
import { cookieHeader, readCookie } from './cookie.ts';
import { redirectTarget } from './redirect-target.ts';

const rule = { base: 'https://app.example.com/p/shop/auth', allowed: ['https://shop.example.org', 'https://*.preview.example.net'] };

test.each([
  ['/welcome?from=mail#top', 'https://app.example.com/welcome?from=mail#top'],
  ['https://app.example.com/x', 'https://app.example.com/x'],
  ['https://shop.example.org/cart', 'https://shop.example.org/cart'],
  ['https://pr-7.preview.example.net/', 'https://pr-7.preview.example.net/'],
])('a browser is sent on to %s', (given, target) => {
  expect(redirectTarget(given, rule)).toBe(target);
});

test.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  ' https://evil.example',
  'https:evil.example',
  'http://shop.example.org',
  'https://shop.example.org:444',
  'https://shop.example.org@evil.example',
  'https://user@shop.example.org',
  'https://shop.example.org.evil.example',
  'https://preview.example.net',
  'https://evilpreview.example.net',
  'https://preview.example.net.evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'https://[',
])('a browser is not sent on to %j', (given) => {
  expect(() => redirectTarget(given, rule)).toThrow(expect.objectContaining({ code: 'auth/bad-redirect' }));
});

test('a cookie is kept from scripts, from other sites, from plain connections and from other hosts of the domain', () => {
  expect(cookieHeader({ name: 'session', value: 'abc', maxAge: 60, isSecure: true })).toBe(
    '__Host-session=abc; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=60',
  );
  expect(cookieHeader({ name: 'session', value: '', maxAge: 0, sameSite: 'strict', isSecure: false })).toBe(
    'session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0',
  );
  expect(() => cookieHeader({ name: 'a', value: 'x; Domain=example.com', isSecure: true })).toThrow(TypeError);
});

test('a cookie is read by its whole name, and not at all when there are two', () => {
  expect(readCookie('a=1; __Host-session=abc; session=no', 'session', true)).toBe('abc');
  expect(readCookie('xsession=no; session=yes', 'session', false)).toBe('yes');
  expect(readCookie('session=one; session=two', 'session', false)).toBeNull();
  expect(readCookie(null, 'session', true)).toBeNull();
});
