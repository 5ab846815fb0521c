import { BetterBaseError } from '@betterbase/core';
import type { Installation, Target } from '../workspace/target.ts';
import { parseServerError } from './server-error.ts';

/**
 * Asks the admin API of a project. `path` begins behind the project's name.
 *
 * @throws BetterBaseError the server's own, or `connection/lost`
 */
export function adminFetch(target: Target, path: string, init: RequestInit): Promise<Response> {
  return installationFetch(target, `/projects/${target.project}${path}`, init);
}

/**
 * Asks the admin API of the installation. `path` begins behind `/admin`.
 *
 * @throws BetterBaseError the server's own, or `connection/lost`
 */
export async function installationFetch({ url, key }: Installation, path: string, init: RequestInit): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(`${url}/admin${path}`, { ...init, headers }).catch((cause: unknown) => {
    throw init.signal?.aborted === true ? cause : unreachable(url, cause);
  });
  if (!response.ok) throw parseServerError(await response.json().catch(() => null), response.status);
  return response;
}

function unreachable(url: string, cause: unknown): BetterBaseError {
  return new BetterBaseError('connection/lost', `Nothing answers at ${url}.`, {
    hint: 'Check the address, or start the server with `bb dev`.',
    cause,
  });
}
