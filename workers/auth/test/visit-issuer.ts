import { createHash } from 'node:crypto';
import type { UsersBench } from './users-bench.ts';

/** Of the page that visits an issuer. */
export const verifier = 'v';

/**
 * Goes to the issuer `company`, and comes back to the page with a code for its session.
 *
 * @param link what `/link-code` gave, for whoever is somebody already; empty: nobody
 */
export async function visitIssuer(bench: UsersBench, link = ''): Promise<string> {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = new URLSearchParams({ redirectTo: 'http://localhost:5173/', code_challenge: challenge, ...(link === '' ? {} : { link }) });
  const begun = await bench.get(`/authorize/company?${query.toString()}`);
  const back = new URL((await fetch(begun.location ?? '', { redirect: 'manual' })).headers.get('location') ?? '');
  const ended = await bench.get(back.pathname.slice(`/p/${bench.project}/auth`.length) + back.search, { cookies: begun.cookies });
  return new URL(ended.location ?? 'http://none.example').searchParams.get('code') ?? '';
}
