/** One request of a project's users, from the door to better-auth and back. */
import type { UsersPort } from '../../../durable-objects/project/users/users-context.ts';
import { refusal, toAnswer } from '../answer.ts';
import { type CurrentCall, withCall } from '../current-call.ts';
import { type Asked, meant } from './aliases.ts';
import { triedBy } from './attempts.ts';
import { challengeOf, cookiesOf } from './challenge.ts';
import { withDigest } from './phone-codes.ts';
import type { UsersAuth } from './users-auth.ts';
import type { UsersCall } from './users-call.ts';

export interface AnswerParts {
  readonly auth: UsersAuth;
  readonly call: UsersCall;
  readonly port: UsersPort;
  readonly later: CurrentCall['later'];
}

export async function answerUsers(request: Request, { auth, call, port, later }: AnswerParts): Promise<Response> {
  const url = new URL(request.url);
  const base = `/p/${call.context.project}/auth`;
  const asked = meant({ method: request.method, path: url.pathname.slice(base.length), body: await readBody(request) });
  const tried = triedBy(asked.path, asked.body);
  const attempt = tried === null ? null : { action: tried.action, account: tried.account, address: call.address };
  if (tried !== null && attempt !== null) {
    const entered = await port.enter(tried.how, attempt);
    if (!entered.ok) return refusal(entered.error);
  }
  const current: CurrentCall = { rows: port, later, told: {} };
  const response = await withCall(current, async () =>
    auth.handler(toRequest(request, await withDigest(call.context.secret, asked), { url, base, origin: call.origin })),
  );
  if (tried !== null && attempt !== null && tried.how !== 'message' && response.ok) await port.succeeded(tried.how, attempt);
  const challenge = challengeOf(response.headers);
  return await toAnswer(response, { ...current.told, ...(challenge === null ? {} : { challenge }) });
}

async function readBody(request: Request): Promise<Asked['body']> {
  if (request.method !== 'POST') return null;
  const body: unknown = await request.json().catch(() => ({}));
  return typeof body === 'object' && body !== null ? { ...body } : {};
}

interface Place {
  readonly url: URL;
  readonly base: string;
  readonly origin: string;
}

function toRequest(request: Request, { method, path, body }: Asked, { url, base, origin }: Place): Request {
  const headers = new Headers(request.headers);
  const cookies = cookiesOf(headers.get('auth-challenge'));
  headers.delete('cookie');
  headers.delete('content-length');
  if (cookies !== null) headers.set('cookie', cookies);
  if (body !== null) headers.set('content-type', 'application/json');
  return new Request(`${origin}${base}${path}${url.search}`, { method, headers, ...(body === null ? {} : { body: JSON.stringify(body) }) });
}
