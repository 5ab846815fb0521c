/** One request of a project's users, from the door to better-auth and back. */
import { refusal, toAnswer } from '../answer.ts';
import { type CurrentCall, withCall } from '../current-call.ts';
import { type Asked, meant } from './aliases.ts';
import { triedBy } from './attempts.ts';
import type { CallPort } from './call-port.ts';
import { challengeOf, cookiesOf } from './challenge.ts';
import { handOver, takeOver } from './oauth/handover.ts';
import { beginRedirect, endRedirect, type RedirectParts, stateCookie } from './oauth/redirects.ts';
import { forgetOver, isCeremony, passkeyRefusal } from './passkeys/passkey-pages.ts';
import { withDigest } from './phone-codes.ts';
import { isTrustedPage } from './trusted-origins.ts';
import type { UsersAuth } from './users-auth.ts';
import type { UsersCall } from './users-call.ts';
import { UpgradingRows } from './ways/upgrading-rows.ts';

export interface AnswerParts {
  readonly auth: UsersAuth;
  readonly call: UsersCall;
  readonly port: CallPort;
  readonly later: CurrentCall['later'];
}

export async function answerUsers(request: Request, { auth, call, port, later }: AnswerParts): Promise<Response> {
  const { context, origin, isDevelopment, address } = call;
  const url = new URL(request.url);
  const prefix = `/p/${context.project}/auth`;
  const path = url.pathname.slice(prefix.length);
  const upgrading = context.settings.anonymous_enabled ? new UpgradingRows(port) : null;
  const current: CurrentCall = {
    rows: upgrading ?? port,
    isDevelopment,
    later,
    shared: port,
    lost: (message) => port.lost(message),
    merge: (from, to) => port.merge(from, to),
    told: {},
  };
  const ask = (to: string, init: RequestInit): Promise<Response> =>
    withCall(current, async () => {
      const response = await auth.handler(new Request(`${origin}${prefix}${to}`, init));
      return (await upgrading?.finish(response)) ?? response;
    });
  const parts: RedirectParts = {
    ask,
    base: `${origin}${prefix}`,
    rows: port,
    secret: context.secret,
    visits: (user) => {
      current.visitor = user;
    },
    isTrusted: (page) => isTrustedPage(page, context.settings.allowed_origins, isDevelopment),
  };

  if (request.method === 'GET') {
    const begun = await beginRedirect(url, path, parts);
    if (begun !== null) return begun.status === 302 ? begun : await toAnswer(begun, {});
  }
  if (path.startsWith('/callback/')) return await endRedirect(await ask(`${path}${url.search}`, await visit(request)), parts);

  const asked = meant({ method: request.method, path, body: await readBody(request) });
  if (asked.path === '/exchange') return await exchange(asked, { ...parts, current });
  if (asked.path === '/link-code') return await linkCode(request, { ...parts, current });
  const unasked = passkeyRefusal({ ...asked, origin: request.headers.get('origin') }, context.settings, isDevelopment);
  if (unasked !== null) return refusal(unasked);
  const tried = triedBy(asked.path, asked.body);
  const attempt = tried === null ? null : { action: tried.action, account: tried.account, address };
  if (tried !== null && attempt !== null) {
    const entered = await port.enter(tried.how, attempt);
    if (!entered.ok) return refusal(entered.error);
  }
  if (context.settings.passkey_enabled) await forgetOver(asked.path, port);
  const meantNow = await withDigest(context.secret, asked);
  const response = await ask(`${meantNow.path}${url.search}`, toRequest(request, meantNow));
  if (tried !== null && attempt !== null && tried.how !== 'message' && response.ok) await port.succeeded(tried.how, attempt);
  const challenge = challengeOf(response.headers);
  // What the device is to sign is called a challenge, too.
  const name = isCeremony(asked.path) ? 'state' : 'challenge';
  const anonymous = current.anonymous === undefined ? {} : { anonymous: current.anonymous };
  return await toAnswer(response, { ...current.told, ...anonymous, ...(challenge === null ? {} : { [name]: challenge }) });
}

async function readBody(request: Request): Promise<Asked['body']> {
  if (request.method !== 'POST') return null;
  const body: unknown = await request.json().catch(() => ({}));
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

function toRequest(request: Request, { method, body }: Asked): RequestInit {
  const headers = new Headers(request.headers);
  const { state = headers.get('auth-challenge') } = body ?? {};
  const cookies = typeof state === 'string' ? cookiesOf(state) : null;
  headers.delete('cookie');
  headers.delete('content-length');
  if (cookies !== null) headers.set('cookie', cookies);
  if (body !== null) headers.set('content-type', 'application/json');
  return { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) };
}

/** A browser that comes back from an issuer. */
async function visit(request: Request): Promise<RequestInit> {
  const headers = new Headers(request.headers);
  const cookie = stateCookie(headers.get('cookie'));
  headers.delete('cookie');
  headers.delete('authorization');
  if (cookie !== null) headers.set('cookie', cookie);
  const { method } = request;
  return { method, headers, ...(method === 'POST' ? { body: await request.text() } : {}) };
}

type ExchangeParts = RedirectParts & { readonly current: CurrentCall };

/** The page has its session. */
async function exchange({ body }: Asked, { ask, rows, secret, current }: ExchangeParts): Promise<Response> {
  const { code, verifier } = body ?? {};
  const isAsked = typeof code === 'string' && typeof verifier === 'string' && verifier !== '';
  const token = isAsked ? await takeOver(rows, secret, { code, verifier }) : null;
  if (token === null) return refusal({ code: 'auth/refused', message: 'This code is no good, or not any more.', hint: 'Sign in again.' });
  const response = await ask('/get-session', { headers: { authorization: `Bearer ${token}` } });
  return await toAnswer(response, { ...current.told, token });
}

/** Lets a visit act for the session: browsers send no `Authorization` with it. */
async function linkCode(request: Request, { ask, rows, secret, current }: ExchangeParts): Promise<Response> {
  const authorization = request.headers.get('authorization') ?? '';
  const response = await ask('/get-session', { headers: { authorization } });
  if (!response.ok || current.told['accessToken'] === undefined)
    return refusal({
      code: 'auth/required',
      message: 'Nobody is signed in.',
      hint: 'Send the session as `Authorization: Bearer <session>`.',
    });
  const challenge = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
  return Response.json({ code: await handOver(rows, secret, { token: authorization.replace(/^bearer +/i, ''), challenge }) });
}
