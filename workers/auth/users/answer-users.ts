/** One request of a project's users, from the door to better-auth and back. */
import { refusal, toAnswer } from '../answer.ts';
import { type CurrentCall, withCall } from '../current-call.ts';
import { type Asked, meant } from './aliases.ts';
import { triedBy } from './attempts.ts';
import type { CallPort } from './call-port.ts';
import { challengeOf, cookiesOf } from './challenge.ts';
import { type Handed, handOver, takeOver } from './oauth/handover.ts';
import { visitFailure } from './oauth/failures.ts';
import { answerVisit, failureOf, type RedirectParts } from './oauth/redirects.ts';
import { confirmed, confirmPage } from './confirm-page.ts';
import { forgetOver, isCeremony, passkeyRefusal } from './passkeys/passkey-pages.ts';
import { refusedDomain } from './email-domains.ts';
import { provenRows } from './proven-mailbox.ts';
import { evenOut } from './password-work.ts';
import { withDigest } from './phone-codes.ts';
import { isTrustedPage } from './trusted-origins.ts';
import type { UsersAuth } from './users-auth.ts';
import type { UsersCall } from './users-call.ts';
import { silentAnswer, WatchedRows, withoutReason } from './silent-answers.ts';
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
  const page = confirmPage(request, path, context.project);
  if (page !== null) return page;
  const upgrading = context.settings.anonymous_enabled ? new UpgradingRows(port) : null;
  const { path: to } = meant({ method: request.method, path, body: null });
  const watched = new WatchedRows(provenRows(upgrading ?? port, to));
  const current: CurrentCall = {
    rows: watched,
    upgrading,
    isDevelopment,
    later,
    shared: port,
    lost: (message) => port.lost(message),
    merge: (from, to) => port.merge(from, to),
    told: {},
  };
  const ask = (where: string, init: RequestInit): Promise<Response> =>
    withCall(current, async () => {
      const answered = await auth.handler(new Request(`${origin}${prefix}${where}`, init));
      const response = (await upgrading?.finish(answered)) ?? answered;
      await evenOut(where, response, watched.lookups);
      return await withoutReason(where, response);
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

  const visited = await answerVisit(request, path, parts);
  if (visited !== null)
    return visited.status < 300 || visited.headers.has('location') || isPage(visited) ? visited : await toAnswer(visited, {});

  const asked = confirmed(meant({ method: request.method, path, body: await readBody(request) }));
  if (asked.path === '/exchange') return await exchange(request, asked, { ...parts, current });
  if (asked.path === '/link-code') return await linkCode(request, { ...parts, current });
  const unasked = passkeyRefusal({ ...asked, origin: request.headers.get('origin') }, context.settings, isDevelopment);
  if (unasked !== null) return refusal(unasked);
  const outside = refusedDomain(asked, context.settings);
  if (outside !== null) return await toAnswer(outside, {});
  const tried = triedBy(asked.path, asked.body, request.headers.get('authorization'));
  const attempt = tried === null ? null : { action: tried.action, account: tried.account, address };
  if (tried !== null && attempt !== null) {
    const entered = await port.enter(tried.how, attempt);
    if (!entered.ok) return refusal(entered.error);
  }
  if (context.settings.passkey_enabled) await forgetOver(asked.path, port);
  const meantNow = await withDigest(context.secret, asked);
  const asking = ask(`${meantNow.path}${url.search}`, toRequest(request, meantNow));
  const silent = silentAnswer(asked, context.settings);
  const response = silent === null ? await asking : await Promise.race([asking, watched.looked]);
  if (response === null) {
    later(asking);
    return Response.json(silent);
  }
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

function isPage(response: Response): boolean {
  return response.headers.get('content-type')?.startsWith('text/html') === true;
}

type ExchangeParts = RedirectParts & { readonly current: CurrentCall };

/** The page has its session, or another account linked to it. */
async function exchange(request: Request, { body }: Asked, parts: ExchangeParts): Promise<Response> {
  const { code, verifier } = body ?? {};
  const isAsked = typeof code === 'string' && typeof verifier === 'string' && verifier !== '';
  const handed = isAsked ? await takeOver(parts.rows, parts.secret, { code, verifier }) : null;
  if (handed === null) return refusal({ code: 'auth/refused', message: 'This code is no good, or not any more.', hint: 'Sign in again.' });
  if (handed.kind === 'callback') return await link(request, handed, parts);
  const response = await parts.ask('/get-session', { headers: { authorization: `Bearer ${handed.token}` } });
  return await toAnswer(response, { ...parts.current.told, token: handed.token });
}

/** The way back is gone on by whoever began it, signed in as they are; without an account until now they have one after it. */
async function link(request: Request, handed: Extract<Handed, { kind: 'callback' }>, parts: ExchangeParts): Promise<Response> {
  const { ask, current } = parts;
  const unknown = await unlessSignedIn(request, parts);
  if (unknown !== null) return unknown;
  const response = await ask(handed.path, { headers: { cookie: handed.cookie } });
  const said = failureOf(response.headers.get('location') ?? `${parts.base}/error`, parts);
  if (said !== null) {
    const { error, description } = visitFailure(said);
    return refusal({ code: 'auth/refused', message: description, details: { code: error } });
  }
  const token = response.headers.get('set-auth-token');
  if (token === null) return await toAnswer(Response.json({ linked: true }), current.told);
  const session = await ask('/get-session', { headers: { authorization: `Bearer ${decodeURIComponent(token)}` } });
  const anonymous = current.anonymous === undefined ? {} : { anonymous: current.anonymous };
  return await toAnswer(session, { ...current.told, ...anonymous, token: decodeURIComponent(token) });
}

/** Lets a visit act for the session: browsers send no `Authorization` with it. */
async function linkCode(request: Request, parts: ExchangeParts): Promise<Response> {
  const unknown = await unlessSignedIn(request, parts);
  if (unknown !== null) return unknown;
  const token = (request.headers.get('authorization') ?? '').replace(/^bearer +/i, '');
  const challenge = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
  return Response.json({ code: await handOver(parts.rows, parts.secret, { kind: 'session', token }, challenge) });
}

async function unlessSignedIn(request: Request, { ask, current }: ExchangeParts): Promise<Response | null> {
  const response = await ask('/get-session', { headers: { authorization: request.headers.get('authorization') ?? '' } });
  if (response.ok && current.told['accessToken'] !== undefined) return null;
  return refusal({
    code: 'auth/required',
    message: 'Nobody is signed in.',
    hint: 'Send the session as `Authorization: Bearer <session>`.',
  });
}
