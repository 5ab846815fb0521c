/** Encrypts what rests on disk and must not be read there. */
import { Base64 } from '@betterbase/core';

export interface Cipher {
  /** `label` says what the text is: only with the same label can it be opened again. */
  seal(text: string, label: string): Promise<string>;
  /** @throws Error when it was sealed with another key or label, or changed since. */
  open(sealed: string, label: string): Promise<string>;
}

const ivBytes = 12;
const utf8 = new TextEncoder();

/** AES-256-GCM (NIST SP 800-38D) with a key of its own for each purpose, derived from the secret by HKDF-SHA-256 (RFC 5869). */
export function createCipher(secret: string, purpose: string): Cipher {
  let derived: Promise<CryptoKey> | null = null;
  const key = (): Promise<CryptoKey> => (derived ??= deriveKey(secret, purpose));
  return {
    async seal(text, label) {
      // oxlint-disable-next-line eslint/no-restricted-properties -- it must never come again, so no test may say what it is.
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const encrypted = await crypto.subtle.encrypt(algorithm(iv, label), await key(), utf8.encode(text));
      const sealed = new Uint8Array(ivBytes + encrypted.byteLength);
      sealed.set(iv);
      sealed.set(new Uint8Array(encrypted), ivBytes);
      return Base64.fromByteArray(sealed);
    },
    async open(sealed, label) {
      const bytes = Uint8Array.from(Base64.toByteArray(sealed));
      if (bytes.length <= ivBytes) throw new Error('This was not sealed here.');
      const text = await crypto.subtle.decrypt(algorithm(bytes.slice(0, ivBytes), label), await key(), bytes.slice(ivBytes));
      return new TextDecoder().decode(text);
    },
  };
}

function algorithm(iv: Uint8Array<ArrayBuffer>, label: string) {
  return { name: 'AES-GCM', iv, additionalData: utf8.encode(label) };
}

async function deriveKey(secret: string, purpose: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey('raw', utf8.encode(secret), 'HKDF', false, ['deriveKey']);
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8.encode(purpose) };
  return await crypto.subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
