/**
 * Document ids, in the public encoding that Convex uses, so exported documents keep their ids.
 *
 * base32(vint(table number), 16 bytes of internal id, Fletcher-16 of all before, low byte first). Each id has one text.
 */
import { decodeBase32, encodeBase32 } from './base32.ts';

export interface DecodedDocumentId {
  readonly tableNumber: number;
  /** 16 bytes. */
  readonly internal: Uint8Array;
}

const internalLength = 16;
const footerLength = 2;
const maxTableNumberLength = 5;
const shortestText = 31;
const longestText = 37;
/** What the last text was decoded to. */
const decoded = new Uint8Array(longestText);

export function encodeDocumentId(tableNumber: number, internal: Uint8Array): string {
  const bytes: number[] = [];
  let rest = tableNumber;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest, ...internal);
  const footer = checksum(bytes, bytes.length);
  bytes.push(footer & 255, footer >>> 8);
  return encodeBase32(Uint8Array.from(bytes));
}

/** Null for a text that is no id. Whether its table and document exist is another question. */
export function decodeDocumentId(text: string): DecodedDocumentId | null {
  const tableNumber = tableNumberOf(text);
  if (tableNumber === null) return null;
  const start = ((text.length * 5) >>> 3) - internalLength - footerLength;
  return { tableNumber, internal: decoded.slice(start, start + internalLength) };
}

/** The table number in an id, null for a text that is no id. Makes no garbage: every id of every answer comes through here. */
export function tableNumberOf(text: string): number | null {
  if (text.length < shortestText || text.length > longestText) return null;
  const length = decodeBase32(text, decoded);
  if (length === null) return null;
  const tableNumber = decodeTableNumber(decoded, length - internalLength - footerLength);
  if (tableNumber === null) return null;
  const footer = (decoded[length - 2] ?? 0) | ((decoded[length - 1] ?? 0) << 8);
  return checksum(decoded, length - footerLength) === footer ? tableNumber : null;
}

/**
 * A new internal id: later times give greater ids, to the 4096th of a millisecond that `_creationTime` counts in.
 * `random` is 10 bytes, of which 68 bits are used.
 */
export function newInternalId(timeMs: number, random: Uint8Array): Uint8Array {
  const internal = new Uint8Array(internalLength);
  const whole = Math.floor(timeMs);
  const fraction = Math.floor((timeMs - whole) * 4096);
  const view = new DataView(internal.buffer);
  view.setUint16(0, Math.floor(whole / 0x1_0000_0000));
  view.setUint32(2, whole % 0x1_0000_0000);
  internal.set(random.subarray(0, 10), 6);
  view.setUint16(6, (fraction << 4) | ((random[1] ?? 0) & 15));
  return internal;
}

function decodeTableNumber(bytes: Uint8Array, length: number): number | null {
  if (length < 1 || length > maxTableNumberLength) return null;
  let tableNumber = 0;
  for (let position = 0; position < length; position++) {
    const byte = bytes[position] ?? 0;
    const isLast = position === length - 1;
    if (byte < 0x80 !== isLast || (isLast && byte === 0)) return null;
    tableNumber += (byte & 0x7f) * 2 ** (7 * position);
  }
  return tableNumber <= 0xffff_ffff ? tableNumber : null;
}

/** Fletcher-16 with modulus 256. Its version, by which the encoding xors it, is 0. */
function checksum(bytes: ArrayLike<number>, length: number): number {
  let sum = 0;
  let sumOfSums = 0;
  for (let position = 0; position < length; position++) {
    sum = (sum + (bytes[position] ?? 0)) & 255;
    sumOfSums = (sumOfSums + sum) & 255;
  }
  return (sumOfSums << 8) | sum;
}
