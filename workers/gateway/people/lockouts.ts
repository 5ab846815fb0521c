/** Who guesses waits; what is counted rests in D1. */
import { codeRules, d1Runner, Lockout } from '@betterbase/providers/lockout';
import type { GatewayContext } from '../gateway-context.ts';

/** Of passwords, setup tokens, invitations and links. */
export function lockoutOf({ env }: GatewayContext): Lockout {
  return new Lockout({ run: d1Runner(env.DB), now: () => Date.now() });
}

/** Of codes that are short enough to be typed. */
export function codeLockoutOf({ env }: GatewayContext): Lockout {
  return new Lockout({ run: d1Runner(env.DB), now: () => Date.now(), rules: codeRules });
}
