/**
 * Signing in with an issuer, which takes the browser there and back. It begins and ends with a visit, not with a call, so that
 * the cookie which ties both together is the installation's own, whatever page it is about.
 */
import type { RowsPort } from '@betterbase/providers/rows';
import { refusal } from '../../answer.ts';
import { lostPage, visitFailure } from './failures.ts';
import { handOver, takeOver } from './handover.ts';
import { comeBackWith, leaveWith, type LinkVisit } from './visit-cookies.ts';

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
const end = /^\/callback\/([A-Za-z0-9_-]{1,40})$/;
/** What issuers bring; whatever else they do is nothing to us. */
const brought = ['code', 'state', 'error', 'user', 'iss'];
/** Characters of a form that a browser brings from an issuer. */
const longestForm = 64_000;

/** A visit that is part of signing in with an issuer; null: it is none. */
export async function answerVisit(request: Request, path: string, parts: RedirectParts): Promise<Response | null> {
  const url = new URL(request.url);
  const [going, coming] = [start.exec(path)?.[1], end.exec(path)?.[1]];
  if (request.method === 'GET' && going !== undefined) return await goThere(url, going, parts);
  if (request.method === 'GET' && coming !== undefined) return await comeBack(request, coming, parts);
  if (request.method === 'POST' && coming !== undefined) return await comeBackByForm(request, `${parts.base}${path}`);
  // Where a link of a message ends that was sent because somebody signed in with an issuer.
  if (request.method === 'GET' && path === '/handover') return toPage(url.searchParams.get('page') ?? '', {}, parts);
  return null;
}

async function goThere({ searchParams }: URL, provider: string, parts: RedirectParts): Promise<Response> {
  const page = searchParams.get('redirectTo') ?? '';
  const challenge = searchParams.get('code_challenge') ?? '';
  if (!parts.isTrusted(page))
    return refusal({
      code: 'auth/bad-redirect',
      message: 'Signing in may not end at this page.',
      hint: 'Add its origin to `allowed_origins`: `bb auth set allowed_origins=https://app.example.com`.',
    });
  if (!/^[\w-]{43}$/.test(challenge)) return refusal({ code: 'auth/refused', message: 'The visit brings no `code_challenge`.' });
  const linkCode = searchParams.get('link');
  const session = linkCode === null ? null : await takeOver(parts.rows, parts.secret, { code: linkCode, verifier: '' });
  if (linkCode !== null && session?.kind !== 'session')
    return refusal({ code: 'auth/refused', message: 'The visit came too late to link an account.' });
  const link: LinkVisit | null = linkCode === null ? null : { page, challenge };
  const scopes = (searchParams.get('scopes') ?? '').split(/[ ,]+/).filter((scope) => scope !== '');
  const authorization = session?.kind === 'session' ? { authorization: `Bearer ${session.token}` } : {};
  const visitor = session === null ? null : await withoutAccount(authorization, parts);
  if (visitor !== null) parts.visits(visitor);
  const response = await parts.ask(session === null || visitor !== null ? '/sign-in/social' : '/link-social', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({
      provider,
      callbackURL: `${parts.base}/handover?${new URLSearchParams({ page, challenge }).toString()}`,
      errorCallbackURL: page,
      disableRedirect: true,
      ...(scopes.length === 0 ? {} : { scopes }),
    }),
  });
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as { readonly url?: unknown } | null;
  if (!response.ok || typeof answer?.url !== 'string') return response;
  const path = `${new URL(parts.base).pathname}/callback/${provider}`;
  return redirect(answer.url, leaveWith(response.headers.getSetCookie(), { provider, path, link }));
}

/** Whoever has none yet gets the one that they bring back, or goes on as who they are there. Null: they have one. */
async function withoutAccount(headers: Readonly<Record<string, string>>, { ask }: RedirectParts): Promise<string | null> {
  const response = await ask('/get-session', { headers });
  const known = (await response.json()) as { readonly user?: { readonly id: string; readonly isAnonymous?: boolean | null } } | null;
  return known?.user?.isAnonymous === true ? known.user.id : null;
}

/**
 * Some issuers send the browser back with a form. A browser sends no cookie along with a form of another site, and does with the
 * visit that this answer makes of it.
 */
async function comeBackByForm(request: Request, callback: string): Promise<Response> {
  const text = await request.text();
  const form = new URLSearchParams(text.length > longestForm ? '' : text);
  const query = new URLSearchParams();
  for (const name of brought) for (const value of form.getAll(name).slice(0, 1)) query.set(name, value);
  return redirect(`${callback}?${query.toString()}`, [], 303);
}

async function comeBack(request: Request, provider: string, parts: RedirectParts): Promise<Response> {
  const { searchParams } = new URL(request.url);
  const query = new URLSearchParams();
  for (const name of brought) for (const value of searchParams.getAll(name).slice(0, 1)) query.set(name, value);
  const back = comeBackWith(request.headers.get('cookie'), { provider, state: query.get('state') ?? '' });
  if (back === null) return lostPage(visitFailure('state_mismatch'));
  const path = `/callback/${provider}?${query.toString()}`;
  if (back.link !== null && query.has('code')) {
    // Anybody may have led this browser here. The page that began it decides, which alone knows the verifier.
    const handed = { kind: 'callback', path, cookie: back.cookie } as const;
    const code = await handOver(parts.rows, parts.secret, handed, back.link.challenge);
    return toPage(back.link.page, { code }, parts);
  }
  return await ended(await parts.ask(path, { headers: { cookie: back.cookie } }), parts);
}

/** After better-auth has asked the issuer: to the page, with a code in place of the session. */
async function ended(response: Response, parts: RedirectParts): Promise<Response> {
  const location = response.headers.get('location');
  if (location === null) return lostPage(visitFailure('server_error'));
  const failure = failureOf(location, parts);
  const token = response.headers.get('set-auth-token');
  if (failure !== null || token === null) {
    const { error, description } = visitFailure(failure ?? '');
    if (location.startsWith(`${parts.base}/`)) return lostPage({ error, description });
    const page = new URL(location);
    for (const name of ['error', 'error_description']) page.searchParams.delete(name);
    return toPage(page.href, { error, error_description: description }, parts);
  }
  const { searchParams } = new URL(location);
  const handed = { kind: 'session', token: decodeURIComponent(token) } as const;
  const code = await handOver(parts.rows, parts.secret, handed, searchParams.get('challenge') ?? '');
  return toPage(searchParams.get('page') ?? '', { code }, parts);
}

/** What better-auth says went wrong, by where it leads; null: nothing did. */
export function failureOf(location: string, { base }: Pick<RedirectParts, 'base'>): string | null {
  if (location.startsWith(`${base}/handover?`)) return null;
  return new URL(location, base).searchParams.get('error') ?? '';
}

function toPage(page: string, added: Readonly<Record<string, string>>, { isTrusted }: RedirectParts): Response {
  if (!isTrusted(page)) return lostPage(visitFailure('state_mismatch'));
  const url = new URL(page);
  for (const [name, value] of Object.entries(added)) url.searchParams.set(name, value);
  return redirect(url.href, []);
}

function redirect(location: string, cookies: readonly string[], status: 302 | 303 = 302): Response {
  const headers = new Headers({ location, 'referrer-policy': 'no-referrer' });
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  return new Response(null, { status, headers });
}
