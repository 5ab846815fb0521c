import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { Identity } from '@betterbase/engine';
import { findPrincipal } from './access/find-principal.ts';
import { keyCaller } from './key-caller.ts';
import type { HttpCaller } from './call-function.ts';
import type { GatewayContext } from './gateway-context.ts';
import { assertAllowedAddress } from './settings/allowed-address.ts';
import { assertMay } from './access/principal.ts';

/**
 * Who calls, in the way that Convex's clients say it: `Bearer <token>`, or `Convex <admin key>`, behind which they may write
 * as whom they act: `:` and base64 of JSON.
 *
 * @throws BetterBaseError `auth/bad-token`, `auth/bad-key`, `auth/forbidden`
 */
export async function convexCaller(context: GatewayContext): Promise<HttpCaller> {
  const header = context.req.header('authorization');
  const admin = /^convex +(\S+) *$/i.exec(header ?? '')?.[1];
  if (admin === undefined) return await keyCaller(context);
  const colon = admin.lastIndexOf(':');
  const { principal } = await findPrincipal(context, colon < 0 ? admin : admin.slice(0, colon), true);
  assertMay(principal, 'functions_edit', context.req.param('project') ?? '');
  if (principal.kind === 'admin') await assertAllowedAddress(context);
  return { admin: true, identity: colon < 0 ? null : parseIdentity(admin.slice(colon + 1)) };
}

function parseIdentity(encoded: string): Identity {
  let claims: unknown;
  try {
    claims = JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0))));
  } catch (cause) {
    throw badIdentity(cause);
  }
  if (!isPlainObject(claims)) throw badIdentity();
  const { subject, issuer, tokenIdentifier } = claims;
  if (typeof subject !== 'string' || typeof issuer !== 'string') throw badIdentity();
  return { ...claims, subject, issuer, tokenIdentifier: typeof tokenIdentifier === 'string' ? tokenIdentifier : `${issuer}|${subject}` };
}

function badIdentity(cause?: unknown): BetterBaseError {
  return new BetterBaseError('auth/bad-key', 'Behind the admin key is no identity to act as.', {
    hint: 'Write it as base64 of JSON with at least `subject` and `issuer`.',
    cause,
  });
}
