/** Codes for the day when the app that makes the others is gone. */
import { digestOf } from '../access/key-text.ts';

const codes = 10;
/** Thirty-two, so that each takes five bits: without i, l, o and u, which are taken for others. */
const letters = '0123456789abcdefghjkmnpqrstvwxyz';
/** 80 random bits: too many to be guessed, also by whoever has the digest. */
const lettersOfOne = 16;

/** `k3xm-92pd-w7qa-8vtn` */
export function createBackupCodes(): readonly string[] {
  return Array.from({ length: codes }, () => {
    const bytes = crypto.getRandomValues(new Uint8Array(lettersOfOne));
    const text = Array.from(bytes, (byte) => letters.charAt(byte % letters.length)).join('');
    return text.match(/.{4}/g)?.join('-') ?? text;
  });
}

/** However it was typed. */
export function digestOfBackupCode(admin: string, typed: string): Promise<string> {
  return digestOf(`${admin} ${typed.toLowerCase().replaceAll(/[^0-9a-z]/g, '')}`);
}
