import { BetterBaseError, publicUrlProblem } from '@betterbase/core';

/**
 * The network for what a project's settings say: addresses of issuers and of those who bring messages. Names that are public
 * only, and under `bb dev` this machine.
 *
 * @param rules of the call under way; null outside of one
 */
export function guardedFetch(plain: typeof fetch, rules: () => { readonly isDevelopment: boolean } | null): typeof fetch {
  return async (input, init) => {
    const known = rules();
    if (known !== null) {
      const url = input instanceof Request ? input.url : String(input);
      const problem = publicUrlProblem(url, known.isDevelopment);
      if (problem !== null)
        throw new BetterBaseError('auth/issuer-unreachable', `${url.slice(0, 200)} is not asked: the address ${problem}.`);
    }
    return await plain(input, init);
  };
}
