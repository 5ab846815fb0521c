/**
 * What better-auth leaves with a browser between two steps, for clients that keep no cookies: told as `challenge`, and
 * brought back as the header `auth-challenge`; of a passkey as `state`, which is a field. It is signed, and no session.
 */
const carried = /(?:^|[._-])(?:two_factor|passkey|better-auth-passkey)$/;

/** From what was answered; null: there is no next step. */
export function challengeOf(headers: Headers): string | null {
  const pairs = headers.getSetCookie().flatMap((cookie) => {
    const [pair = ''] = cookie.split(';', 1);
    const at = pair.indexOf('=');
    return carried.test(pair.slice(0, at)) && at + 1 < pair.length ? [pair] : [];
  });
  return pairs.length === 0 ? null : pairs.join('; ');
}

/** As the cookies that better-auth looks for; null for anything else. */
export function cookiesOf(challenge: string | null): string | null {
  const pairs = (challenge ?? '').split(/\s*;\s*/).filter((pair) => carried.test(pair.slice(0, pair.indexOf('='))));
  return pairs.length === 0 ? null : pairs.join('; ');
}
