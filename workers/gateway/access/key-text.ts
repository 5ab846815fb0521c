/** What keys look like, and what is kept of them. */
import { toHex } from '@betterbase/core/bytes';
import type { ApiKeyRow } from './key-store.ts';

export type KeyKind = ApiKeyRow['kind'];

const beginnings = { live: 'bb_live_', publishable: 'bb_pub_', secret: 'bb_secret_', admin: 'bb_admin_' } as const satisfies Record<
  KeyKind,
  string
>;
const shape = /^bb_(?:live|pub|secret|admin|session)_[0-9a-f]{64}$/;
const sessionBeginning = 'bb_session_';
/** Enough to tell keys apart, far too little to guess the rest. */
const shownCharacters = 6;

export interface NewKey {
  /** Told once, to whoever made it. */
  readonly key: string;
  readonly digest: string;
  readonly prefix: string;
}

export async function createKey(kind: KeyKind): Promise<NewKey> {
  const beginning = beginnings[kind];
  const secret = await createSecret(beginning);
  return { ...secret, prefix: secret.key.slice(0, beginning.length + shownCharacters) };
}

/** What opens an admin's session. */
export function createSessionToken(): Promise<Omit<NewKey, 'prefix'>> {
  return createSecret(sessionBeginning);
}

export function isSessionToken(text: string): boolean {
  return text.startsWith(sessionBeginning) && shape.test(text);
}

/** 256 random bits behind a beginning. */
export async function createSecret(beginning: string): Promise<Omit<NewKey, 'prefix'>> {
  const key = beginning + toHex(crypto.getRandomValues(new Uint8Array(32)));
  return { key, digest: await digestOf(key) };
}

/** Whether this could be one of our keys. User tokens never look so. */
export function isKey(text: string): boolean {
  return shape.test(text);
}

/** Of 256 random bits, so a plain digest gives nothing away, and finding a row by it tells nobody how close a guess was. */
export async function digestOf(key: string): Promise<string> {
  return toHex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key)));
}
