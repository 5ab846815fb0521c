import type { Identity } from '@betterbase/engine';
import { identityOf } from './claims.ts';

/** Whoever administers a project may look at it as somebody with these claims; the issuer is nobody's. */
export function madeUp(claims: { readonly sub: string; readonly [claim: string]: unknown }): Identity {
  return identityOf({ subject: claims.sub, issuer: 'https://policies.test' }, claims);
}
