/** A key as bytes, for a database column. `memcmp` order of the bytes is `<` order of the keys. */
export function keyToBytes(key: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(key.length);
  for (let position = 0; position < key.length; position++) bytes[position] = key.charCodeAt(position);
  return bytes;
}

export function keyFromBytes(bytes: Uint8Array): string {
  let key = '';
  for (let start = 0; start < bytes.length; start += 4096) key += String.fromCharCode(...bytes.subarray(start, start + 4096));
  return key;
}
