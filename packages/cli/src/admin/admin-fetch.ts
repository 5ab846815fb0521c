/** Asking the admin API, typed by its contract. */
import { type AdminCallArguments, type AdminCallText, type AdminRoute, type AnswerOf, toAdminCall } from '@betterbase/protocol/admin';
import type { Installation } from '../workspace/target.ts';
import { parseServerError } from './server-error.ts';
import { unreachable } from './unreachable.ts';

/** @throws BetterBaseError the server's own, or `connection/lost` */
export async function askAdmin<Route extends AdminRoute>(
  installation: Installation,
  route: Route,
  ...call: AdminCallArguments<Route>
): Promise<AnswerOf<Route>> {
  return await readAnswer<Route>(await adminFetch(installation, toAdminCall(route, ...call)));
}

export async function readAnswer<Route extends AdminRoute>(response: Response): Promise<AnswerOf<Route>> {
  // The server's answers are typed by the contract, and its tests hold them against it.
  return (await response.json()) as AnswerOf<Route>;
}

/**
 * The same for what comes or goes as lines.
 *
 * @throws BetterBaseError the server's own, or `connection/lost`
 */
export async function adminFetch({ url, key }: Installation, call: AdminCallText, signal?: AbortSignal): Promise<Response> {
  const { method, path, body } = call;
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(url + path, { method, headers, body, signal: signal ?? null }).catch((cause: unknown) => {
    throw signal?.aborted === true ? cause : unreachable(url, cause);
  });
  if (!response.ok) throw parseServerError(await response.json().catch(() => null), response.status);
  return response;
}
