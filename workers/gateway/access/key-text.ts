/** What keys look like, and what is kept of them. */
import type { ApiKeyRow } from './key-store.ts';

export type KeyKind = ApiKeyRow['kind'];

const beginnings = { live: 'bb_live_', publishable: 'bb_pub_', secret: 'bb_secret_', admin: 'bb_admin_' } as const satisfies Record<
  KeyKind,
  string
>;
const shape = /^bb_(?:live|pub|secret|admin)_[0-9a-f]{64}$/;
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
  const key = beginning + hex(crypto.getRandomValues(new Uint8Array(32)));
  return { key, digest: await digestOf(key), prefix: key.slice(0, beginning.length + shownCharacters) };
}

/** Whether this could be one of our keys. User tokens never look so. */
export function isKey(text: string): boolean {
  return shape.test(text);
}

/** Of 256 random bits, so a plain digest gives nothing away, and finding a row by it tells nobody how close a guess was. */
export async function digestOf(key: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(key))));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
