import { BetterBaseError } from '@betterbase/core';

export interface RedirectRule {
  /** The address that the page itself has; what begins with `/` is meant from here. */
  readonly base: string;
  /** Origins beside the page's own, `https://app.example.com`; `https://*.example.com` is every name below it. */
  readonly allowed: readonly string[];
}

/**
 * Where a browser may be sent on to: nobody lets it be led to an address that was not allowed beforehand.
 *
 * @returns the whole address
 * @throws BetterBaseError `auth/bad-redirect`
 */
export function redirectTarget(given: string, { base, allowed }: RedirectRule): string {
  // Browsers drop tabs and line ends, and take a backslash for a slash.
  if (/[\u0000-\u0020\u007f\\]/.test(given) || !/^(?:https?:\/\/|\/)/i.test(given)) throw badRedirect(given);
  let target: URL;
  try {
    target = new URL(given, base);
  } catch {
    throw badRedirect(given);
  }
  const isWeb = target.protocol === 'https:' || target.protocol === 'http:';
  const isOpen = target.origin === new URL(base).origin || allowed.some((each) => isWithin(target, each));
  if (isWeb && isOpen && target.username === '' && target.password === '') return target.href;
  throw badRedirect(given);
}

/** Whether the address is of this origin, or of a name below it. */
function isWithin({ protocol, hostname, port, origin }: URL, allowed: string): boolean {
  const below = /^(?<scheme>https?:)\/\/\*(?<domain>\.[^/:]+)(?::(?<port>\d+))?$/i.exec(allowed.trim())?.groups;
  if (below === undefined) return URL.canParse(allowed) && new URL(allowed).origin === origin;
  const domain = below['domain']?.toLowerCase() ?? '';
  return protocol === below['scheme']?.toLowerCase() && port === (below['port'] ?? '') && hostname.endsWith(domain);
}

function badRedirect(given: string): BetterBaseError {
  return new BetterBaseError('auth/bad-redirect', `${JSON.stringify(given.slice(0, 200))} is not an address that one may be sent on to.`, {
    hint: 'Use a path that begins with `/`, or add the origin to those that the project allows.',
  });
}
