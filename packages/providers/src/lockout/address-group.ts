/**
 * Addresses that one caller can choose among count as one: of IPv6, all that begin with the same 64 bits. An IPv4 address
 * written as IPv6 is the IPv4 address.
 */
export function addressGroup(address: string): string {
  const written = address.trim().toLowerCase();
  const mapped = /^::ffff:(?<four>\d+\.\d+\.\d+\.\d+)$/.exec(written)?.groups?.['four'];
  if (mapped !== undefined) return mapped;
  if (!written.includes(':')) return written;
  const [before = '', after] = written.split('::', 2);
  const [head, tail] = [parts(before), parts(after ?? '')];
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const whole = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${whole
    .slice(0, 4)
    .map((part) => part.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`;
}

function parts(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
