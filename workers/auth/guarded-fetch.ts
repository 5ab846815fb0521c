import { BetterBaseError, publicUrlProblem } from '@betterbase/core';

const mostRedirects = 3;

/**
 * The network for what a project's settings say: addresses of issuers and of those who bring messages. Names that are public
 * only, and under `bb dev` this machine; wherever they lead to, too.
 *
 * @param rules of what is under way; null: nothing of ours
 */
export function guardedFetch(plain: typeof fetch, rules: () => { readonly isDevelopment: boolean } | null): typeof fetch {
  return async (input, init) => {
    const known = rules();
    if (known === null) return await plain(input, init);
    const { url: first, method, redirect, headers } = askedFor(input, init);
    for (let url = first, hops = 0; ; hops += 1) {
      const problem = publicUrlProblem(url, known.isDevelopment);
      if (problem !== null)
        throw new BetterBaseError('auth/issuer-unreachable', `${url.slice(0, 200)} is not asked: the address ${problem}.`);
      if (redirect !== 'follow') return await plain(input, init);
      // What is handed to one is nobody else's: where that leads to is not asked.
      if (method !== 'GET') return await plain(input, { ...init, redirect: 'manual' });
      const response = await plain(hops === 0 ? input : url, { ...init, redirect: 'manual' });
      const location = response.headers.get('location');
      if (response.status < 300 || response.status >= 400 || location === null || hops === mostRedirects) return response;
      // What is said to one name is not repeated to another.
      if (headers.has('authorization') && new URL(location, url).origin !== new URL(first).origin) return response;
      url = new URL(location, url).href;
    }
  };
}

/** Without a look at the body, which is read once. */
function askedFor(input: RequestInfo | URL, init: RequestInit = {}): Pick<Request, 'url' | 'method' | 'redirect' | 'headers'> {
  const given = input instanceof Request ? input : null;
  const { method = given?.method ?? 'GET', redirect = given?.redirect ?? 'follow', headers = given?.headers } = init;
  return { url: given?.url ?? String(input), method: method.toUpperCase(), redirect, headers: new Headers(headers) };
}
