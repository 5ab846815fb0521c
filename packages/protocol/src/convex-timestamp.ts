/** Versions as Convex's clients write times: 64 bits, lowest byte first, in base64. */

const half = 2 ** 32;

export function encodeTimestamp(version: number): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint32(0, version % half, true);
  bytes.setUint32(4, Math.floor(version / half), true);
  return btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)));
}

/** Null when the text is no timestamp. One too large to be a version of ours is `Infinity`. */
export function decodeTimestamp(text: string): number | null {
  if (!/^[A-Za-z0-9+/]{11}=$/.test(text)) return null;
  const bytes = new DataView(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer);
  const version = bytes.getUint32(0, true) + half * bytes.getUint32(4, true);
  return Number.isSafeInteger(version) ? version : Number.POSITIVE_INFINITY;
}
