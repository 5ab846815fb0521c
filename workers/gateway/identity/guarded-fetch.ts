/** Fetches what an app's configuration names, without being led to where the platform alone can go. */
import { BetterBaseError, publicUrlProblem } from '@betterbase/core';

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface FetchRules {
  readonly fetch: Fetch;
  readonly isDevelopment: boolean;
}

const mostRedirects = 3;
const mostCharacters = 256 * 1024;
/** ms */
const patience = 5_000;

/** A document of JSON. @throws BetterBaseError `auth/issuer-unreachable` */
export async function fetchJson(url: string, rules: FetchRules): Promise<unknown> {
  try {
    return JSON.parse(await fetchText(url, rules));
  } catch (cause) {
    if (cause instanceof BetterBaseError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unreachable(url, cause instanceof SyntaxError ? 'it answers with something that is no JSON' : reason);
  }
}

async function fetchText(start: string, { fetch, isDevelopment }: FetchRules): Promise<string> {
  const signal = AbortSignal.timeout(patience);
  let url = start;
  for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
    const problem = publicUrlProblem(url, isDevelopment);
    if (problem !== null) throw unreachable(url, `the address ${problem}`);
    const response = await fetch(url, { method: 'GET', redirect: 'manual', signal, headers: { accept: 'application/json' } });
    const next = response.headers.get('location');
    if (response.status >= 300 && response.status < 400 && next !== null) {
      await response.body?.cancel();
      url = new URL(next, url).href;
      continue;
    }
    if (response.status === 200) return await readText(response, url);
    await response.body?.cancel();
    throw unreachable(url, `it answers ${response.status}`);
  }
  throw unreachable(start, `it redirects more than ${mostRedirects} times`);
}

async function readText(response: Response, url: string): Promise<string> {
  let text = '';
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > mostCharacters) throw unreachable(url, `its answer is longer than ${mostCharacters} characters`);
  }
  return text;
}

export function unreachable(url: string, reason: string): BetterBaseError {
  return new BetterBaseError('auth/issuer-unreachable', `The issuer’s keys cannot be had from ${url.slice(0, 200)}: ${reason}.`, {
    hint: 'Try again in a moment. If it stays so, look at the address in auth.config.ts.',
  });
}
