const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const digits = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 64; digit += 1) digits[alphabet.charCodeAt(digit)] = digit;

/** Standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  // `apply` with more arguments than this overflows the stack in some engines.
  const chunk = 8190;
  let binary = '';
  for (let start = 0; start < bytes.length; start += chunk) {
    binary += String.fromCharCode(...bytes.subarray(start, start + chunk));
  }
  return btoa(binary);
}

/** Null for anything but canonical base64: `atob` would let white space, missing padding and stray bits through. */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 4 !== 0) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const digitCount = text.length - padding;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (let index = 0; index < digitCount; index += 1) {
    const digit = digits[text.charCodeAt(index)] ?? -1;
    if (digit < 0) return null;
    bits = ((bits << 6) | digit) & 0xfff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[at] = (bits >> held) & 0xff;
      at += 1;
    }
  }
  const strayBits = bits & ((1 << held) - 1);
  return strayBits === 0 ? bytes : null;
}
