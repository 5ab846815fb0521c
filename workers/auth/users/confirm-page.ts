/**
 * Where the link of a mail leads that confirms an address. Whoever signed up may have written down somebody else's, and what looks
 * through mail follows its links: only a person who says that it was them confirms it.
 */
import { escaped } from '../messages/compose-message.ts';
import type { Asked } from './aliases.ts';

const path = '/verify-email';

/** The page that asks; null: this is no visit to it. A call with a session is none. */
export function confirmPage({ method, headers }: Request, asked: string, app: string): Response | null {
  if (method !== 'GET' || asked !== path || headers.has('authorization')) return null;
  const name = escaped(app);
  const text = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Confirm your e-mail address</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:16vh auto;padding:0 1.5rem}h1{font-size:1.25rem}button{font:inherit;padding:.5rem 1rem}</style>
<h1>Was it you?</h1><p>Somebody, probably you, uses your e-mail address for <b>${name}</b>.</p>
<form method="post"><button>Yes, confirm my address</button></form>
<p>If it was not you, close this page. If you confirm it, whoever it was is let in with your address.</p></html>`;
  return new Response(text, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    },
  });
}

/** What the page's button asks for. */
export function confirmed(asked: Asked): Asked {
  return asked.method === 'POST' && asked.path === path ? { ...asked, method: 'GET', body: null } : asked;
}
