import { convertIPv4ToBinary, convertIPv6ToBinary } from 'hono/utils/ipaddr';

interface Place {
  readonly bits: bigint;
  readonly width: 32 | 128;
}

/** Whether this is an address, or a range like `203.0.113.0/24` or `2001:db8::/32`. */
export function isRange(text: string): boolean {
  return rangeOf(text) !== null;
}

/** False for what is no address or no range. An IPv4 address written as IPv6 is the IPv4 address. */
export function isWithin(address: string, range: string): boolean {
  const place = placeOf(address);
  const wanted = rangeOf(range);
  if (place === null || wanted === null || place.width !== wanted.width) return false;
  const rest = BigInt(wanted.width - wanted.length);
  return place.bits >> rest === wanted.bits >> rest;
}

function rangeOf(text: string): (Place & { readonly length: number }) | null {
  const [address = '', length, ...more] = text.trim().split('/');
  const place = placeOf(address);
  if (place === null || more.length > 0) return null;
  const bits = length === undefined ? place.width : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  return bits < 0 || bits > place.width ? null : { ...place, length: bits };
}

function placeOf(text: string): Place | null {
  const mapped = /^::ffff:(?<four>\d+\.\d+\.\d+\.\d+)$/i.exec(text)?.groups?.['four'];
  const address = mapped ?? text;
  if (/^(?:\d{1,3}\.){3}\d{1,3}$/.test(address)) {
    const isFour = address.split('.').every((part) => Number(part) <= 255);
    return isFour ? { bits: convertIPv4ToBinary(address), width: 32 } : null;
  }
  return isSix(address) ? { bits: convertIPv6ToBinary(address), width: 128 } : null;
}

function isSix(text: string): boolean {
  return text.includes(':') && URL.canParse(`http://[${text}]/`);
}
