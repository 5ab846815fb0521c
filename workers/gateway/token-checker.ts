import { WorkerEntrypoint } from 'cloudflare:workers';
import type { AuthProvider } from '@betterbase/core';
import type { Verified } from '../../durable-objects/project/identity/token-verifier.ts';
import { configOf, type Env } from './env.ts';
import { IssuerKeys } from './identity/issuer-keys.ts';
import { verifyToken } from './identity/verify-token.ts';

/** One for the isolate: issuers' keys outlive the objects that ask. */
let keys: IssuerKeys | null = null;

/**
 * Checks tokens for the project objects.
 *
 * Here and not in the object, so that nothing of an issuer's slowness is in the object's way; and asked by the object, not by
 * the gateway, because the object knows whose tokens the app accepts at this moment, remembers for all of its doors who was
 * found out to be whom, and is called anyway.
 */
export class TokenChecker extends WorkerEntrypoint<Env> {
  async check(token: string, providers: readonly AuthProvider[]): Promise<Verified> {
    const { isDevelopment } = configOf(this.env);
    keys ??= new IssuerKeys({ fetch: (url, init) => fetch(url, init), isDevelopment, now: Date.now });
    return await verifyToken(token, providers, { keys, now: Date.now });
  }
}
