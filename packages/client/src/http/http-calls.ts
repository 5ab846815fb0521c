/**
 * Calls over HTTP: every one-shot query, and everything where there are no WebSockets.
 *
 * Always true: a mutation is sent under one idempotency key however often it has to be repeated; mutations go out one
 * after the other; an action is sent once.
 */
import { AppError, BetterBaseError, decodeValue, isPlainObject, type Value } from '@betterbase/core';
import { isBetterBaseError } from '../errors/is-betterbase-error.ts';
import { hasCodeForm } from '../errors/to-error.ts';
import type { Platform } from '../platform/platform.ts';
import { BackOff } from '../socket/back-off.ts';
import type { Call } from '../sync/mutation-queue.ts';

const attempts = 5;

export interface HttpCallsParts {
  /** Where the project is, without a slash at the end. */
  readonly url: string;
  readonly key: string | undefined;
  /** Of who is calling. */
  readonly token: () => Promise<string | null | undefined>;
  readonly platform: Pick<Platform, 'after' | 'fetch' | 'random' | 'uniqueId'>;
}

export class HttpCalls {
  readonly #parts: HttpCallsParts;
  /** Answered with 503. */
  readonly #unserved = new WeakSet<Error>();
  #lastMutation: Promise<unknown> = Promise.resolve();

  constructor(parts: HttpCallsParts) {
    this.#parts = parts;
  }

  query(call: Call): Promise<Value> {
    return this.#repeat(() => this.#post('query', call, {}));
  }

  mutation(call: Call): Promise<Value> {
    const headers = { 'idempotency-key': this.#parts.platform.uniqueId() };
    const mutation = this.#lastMutation.then(() => this.#repeat(() => this.#post('mutation', call, headers)));
    // The next one waits for the end of this one, not for its success.
    this.#lastMutation = mutation.catch(() => {});
    return mutation;
  }

  action(call: Call): Promise<Value> {
    return this.#post('action', call, {});
  }

  async #repeat(attempt: () => Promise<Value>): Promise<Value> {
    const { platform } = this.#parts;
    const backOff = new BackOff();
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        const pause = backOff.failed(0, platform.random());
        if (backOff.failures === attempts || !this.#mayPass(error)) throw error;
        await new Promise<void>((resolve) => platform.after(pause, resolve));
      }
    }
  }

  /** Says nothing about the call itself. */
  #mayPass(error: unknown): boolean {
    if (!isBetterBaseError(error)) return false;
    return error.code === 'connection/lost' || error.code === 'commit/conflict' || this.#unserved.has(error);
  }

  async #post(kind: 'query' | 'mutation' | 'action', { path, args }: Call, extra: Readonly<Record<string, string>>): Promise<Value> {
    const { url, key, platform } = this.#parts;
    const token = await this.#parts.token();
    const headers = {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { apikey: key }),
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...extra,
    };
    const request = { method: 'POST', headers, body: JSON.stringify({ path, args }) };
    const answer = await exchange(platform.fetch, `${url}/api/${kind}`, request).catch((cause: unknown) => {
      const hint = kind === 'query' ? 'Is the server running, and the url right?' : 'It may or may not have happened.';
      throw new BetterBaseError('connection/lost', `No answer from ${url} to ${kind} "${path}".`, { cause, hint });
    });
    try {
      return readResult(answer);
    } catch (error) {
      if (answer.status === 503 && error instanceof Error) this.#unserved.add(error);
      throw error;
    }
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function exchange(fetch: Platform['fetch'], url: string, request: RequestInit): Promise<Answer> {
  const response = await fetch(url, request);
  return { status: response.status, text: await response.text() };
}

function readResult({ status, text }: Answer): Value {
  const body = parseJson(text);
  if (isPlainObject(body)) {
    const { status: outcome, value, errorMessage, errorData, hint } = body;
    // Refused tokens have a code of Convex's beside ours.
    const code = body['errorCode'] ?? body['code'];
    if (outcome === 'success') return decodeValue(value);
    if (errorData !== undefined) throw new AppError(decodeValue(errorData));
    if (typeof errorMessage === 'string' && hasCodeForm(code)) {
      throw new BetterBaseError(code, errorMessage, typeof hint === 'string' ? { hint } : {});
    }
  }
  throw new BetterBaseError(
    'internal/unexpected',
    `The server answered ${status} with something that is no result: ${text.slice(0, 200)}`,
    {
      hint: 'Is the url that of a BetterBase project, such as https://host/p/my-project?',
    },
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page, for instance; the caller tells what it got.
    return null;
  }
}
