/**
 * Signing in with an issuer, which takes the browser there and back. It begins and ends with a visit, not with a call, so that
 * the cookie which ties both together is the installation's own, whatever page it is about.
 */
import type { RowsPort } from '@betterbase/providers/rows';
import { refusal } from '../../answer.ts';
import { handOver, takeOver } from './handover.ts';

export interface RedirectParts {
  /** Asks better-auth. */
  readonly ask: (path: string, init: RequestInit) => Promise<Response>;
  /** `https://host/p/shop/auth` */
  readonly base: string;
  readonly rows: RowsPort;
  readonly secret: string;
  /** Whether sign-ins may end at this page. */
  readonly isTrusted: (page: string) => boolean;
  /** Somebody without an account goes to the issuer. */
  readonly visits: (user: string) => void;
}

const start = /^\/authorize\/([A-Za-z0-9_-]{1,40})$/;
const state = /(?:^|[._-])state$/;

/** What a browser brings back from an issuer; null for cookies of anybody else. */
export function stateCookie(cookies: string | null): string | null {
  const own = (cookies ?? '').split(/; */).filter((pair) => state.test(pair.slice(0, pair.indexOf('='))));
  return own.length === 0 ? null : own.join('; ');
}

/** Null: this is no such visit. */
export async function beginRedirect(url: URL, path: string, parts: RedirectParts): Promise<Response | null> {
  const provider = start.exec(path)?.[1];
  if (provider === undefined) return null;
  const page = url.searchParams.get('redirectTo') ?? '';
  const challenge = url.searchParams.get('code_challenge') ?? '';
  if (!parts.isTrusted(page))
    return refusal({
      code: 'auth/bad-redirect',
      message: 'Signing in may not end at this page.',
      hint: 'Add its origin to `allowed_origins`: `bb auth set allowed_origins=https://app.example.com`.',
    });
  if (!/^[\w-]{43}$/.test(challenge)) return refusal({ code: 'auth/refused', message: 'The visit brings no `code_challenge`.' });
  const back = new URLSearchParams({ page, challenge });
  const body = JSON.stringify({
    provider,
    callbackURL: `${parts.base}/handover?${back.toString()}`,
    errorCallbackURL: page,
    disableRedirect: true,
  });
  const link = url.searchParams.get('link');
  const token = link === null ? null : await takeOver(parts.rows, parts.secret, { code: link, verifier: '' });
  if (link !== null && token === null) return refusal({ code: 'auth/refused', message: 'The visit came too late to link an account.' });
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  const visitor = token === null ? null : await withoutAccount(authorization, parts);
  if (visitor !== null) parts.visits(visitor);
  const response = await parts.ask(token === null || visitor !== null ? '/sign-in/social' : '/link-social', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body,
  });
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as { readonly url?: unknown } | null;
  if (!response.ok || typeof answer?.url !== 'string') return response;
  return redirect(
    answer.url,
    response.headers.getSetCookie().filter((cookie) => state.test(cookie.slice(0, cookie.indexOf('=')))),
  );
}

/** Whoever has none yet gets the one that they bring back, or goes on as who they are there. Null: they have one. */
async function withoutAccount(headers: Readonly<Record<string, string>>, { ask }: RedirectParts): Promise<string | null> {
  const response = await ask('/get-session', { headers });
  const known = (await response.json()) as { readonly user?: { readonly id: string; readonly isAnonymous?: boolean | null } } | null;
  return known?.user?.isAnonymous === true ? known.user.id : null;
}

/** After better-auth has been back from the issuer: to the page, with a code in place of the session. */
export async function endRedirect(response: Response, parts: RedirectParts): Promise<Response> {
  const location = response.headers.get('location') ?? '';
  if (!location.startsWith(`${parts.base}/handover?`))
    return response.status >= 300 && response.status < 400 ? redirect(location, []) : response;
  const { searchParams } = new URL(location);
  const page = new URL(searchParams.get('page') ?? '');
  const token = response.headers.get('set-auth-token');
  if (token === null) page.searchParams.set('linked', 'true');
  else {
    const handed = { token: decodeURIComponent(token), challenge: searchParams.get('challenge') ?? '' };
    page.searchParams.set('code', await handOver(parts.rows, parts.secret, handed));
  }
  return redirect(page.href, []);
}

function redirect(location: string, cookies: readonly string[]): Response {
  const headers = new Headers({ location, 'referrer-policy': 'no-referrer' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status: 302, headers });
}
