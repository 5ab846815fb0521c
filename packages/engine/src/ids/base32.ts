/** Crockford's base32 in lower case, read strictly: one text for each sequence of bytes. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const notADigit = 255;
const digits = new Uint8Array(128).fill(notADigit);
for (let digit = 0; digit < alphabet.length; digit++) digits[alphabet.charCodeAt(digit)] = digit;

export function encodeBase32(bytes: Uint8Array): string {
  let text = '';
  let waiting = 0;
  let bits = 0;
  for (const byte of bytes) {
    waiting = ((waiting << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) text += alphabet.charAt((waiting >>> (bits - 5)) & 31);
  }
  return bits === 0 ? text : text + alphabet.charAt((waiting << (5 - bits)) & 31);
}

/** Puts the bytes at the front of `bytes` and says how many they are; null for anything that `encodeBase32` does not write. */
export function decodeBase32(text: string, bytes: Uint8Array): number | null {
  let length = 0;
  let waiting = 0;
  let bits = 0;
  for (let position = 0; position < text.length; position++) {
    const digit = digits[text.charCodeAt(position)] ?? notADigit;
    if (digit === notADigit) return null;
    waiting = ((waiting << 5) | digit) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[length++] = waiting >>> bits;
    }
  }
  const rest = waiting & ((1 << bits) - 1);
  return bits < 5 && rest === 0 ? length : null;
}
