/** From a key to who has it. */
import { BetterBaseError } from '@betterbase/core';
import { configOf, type Env } from '../env.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { findKey, type FoundKeyRow, noteUse } from './key-store.ts';
import { findAdmin, noteSessionUse } from '../people/find-admin.ts';
import { digestOf, isKey, isSessionToken } from './key-text.ts';
import { KnownKeys } from './known-keys.ts';
import { allowedTo, within, type Principal, root } from './principal.ts';
import { settingsOf } from '../settings/read-settings.ts';
import { WindowCounter } from '../limits/window-counter.ts';

/** Keys of the right form that opened nothing, from one address within a minute. */
const mostFailures = 30;

const failures = new WindowCounter();
export const knownKeys = new KnownKeys();

export interface FoundKey {
  /** Null: the installation's own key, or a session. */
  readonly row: FoundKeyRow | null;
  /** The admin's session; null: it is a key. */
  readonly session: string | null;
  readonly principal: Principal;
}

/**
 * Who has this key. `mayBeKnown`: what was so a few seconds ago is good enough.
 *
 * @throws BetterBaseError `auth/bad-key`, `auth/too-many-attempts`
 */
export async function findPrincipal(context: GatewayContext, key: string, mayBeKnown = false): Promise<FoundKey> {
  if (await isRootKey(context.env, key)) return { row: null, session: null, principal: root };
  if (!isKey(key)) throw badKey();
  const digest = await digestOf(key);
  if (isSessionToken(key)) return await findSession(context, digest);
  const row = await lookUp(context, digest, mayBeKnown);
  if (row === null) throw badKey();
  return { row, session: null, principal: principalOf(row) };
}

/** Where a request comes from, as the network in front of us says it; null where there is none. */
export function addressOf(context: GatewayContext): string | null {
  return context.req.header('cf-connecting-ip') ?? null;
}

function principalOf({ id, name, kind, project, role, scopes, adminId, behind }: FoundKeyRow): Principal {
  const grant = { project, permissions: allowedTo({ kind, role, scopes }) };
  return { id, name, kind: 'key', adminId, grants: behind === null ? [grant] : within(grant, behind) };
}

async function findSession(context: GatewayContext, digest: string): Promise<FoundKey> {
  const { env, executionCtx } = context;
  const now = Date.now();
  const found = await unlessGuessing(context, now, () => findAdmin(env.DB, digest, now));
  if (found === null)
    throw new BetterBaseError('auth/session-ended', 'This session has ended.', { hint: 'Sign in again, for instance with `bb login`.' });
  executionCtx.waitUntil(noteSessionUse(env.DB, found, now));
  const { session, principal, hasSecondFactor } = found;
  const mustEnrol = !hasSecondFactor && (await settingsOf(env)).require_second_factor;
  return { row: null, session, principal: mustEnrol ? { ...principal, grants: [], mustEnrol } : principal };
}

async function lookUp(context: GatewayContext, digest: string, mayBeKnown: boolean): Promise<FoundKeyRow | null> {
  const { env, executionCtx } = context;
  const now = Date.now();
  const known = mayBeKnown ? knownKeys.find(digest, now) : undefined;
  if (known !== undefined) return known;
  const row = await unlessGuessing(context, now, () => findKey(env.DB, digest, now));
  knownKeys.keep(digest, row, now);
  if (row !== null) executionCtx.waitUntil(noteUse(env.DB, row, now));
  return row;
}

/** An address from which too much opened nothing looks nothing up. */
async function unlessGuessing<Found>(context: GatewayContext, now: number, look: () => Promise<Found | null>): Promise<Found | null> {
  const address = addressOf(context) ?? '';
  if (failures.seen(address, now) >= mostFailures) throw tooManyAttempts(failures.secondsLeft(address, now));
  const found = await look();
  if (found === null) failures.count(address, now);
  return found;
}

async function isRootKey(env: Env, given: string): Promise<boolean> {
  const { adminKey } = configOf(env);
  return adminKey !== null && (await isSame(given, adminKey.reveal()));
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
export async function isSame(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  return crypto.subtle.timingSafeEqual(a, b);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
}

function badKey(): BetterBaseError {
  return new BetterBaseError('auth/bad-key', 'This key opens nothing here.', {
    hint: 'It may be mistyped, expired or revoked. Under `bb dev` the key is in .betterbase/dev.json; deployed, it is the secret ADMIN_KEY or one of `bb keys create`.',
  });
}

function tooManyAttempts(seconds: number): BetterBaseError {
  return new BetterBaseError('auth/too-many-attempts', 'Too many keys from your address opened nothing.', {
    hint: `Try again in ${seconds} seconds.`,
    details: { retryAfter: seconds },
  });
}
