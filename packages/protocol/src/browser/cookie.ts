/** Cookies that no script reads, that no other site sends along with its own requests, and that no plain connection carries. */

export interface CookieParts {
  readonly name: string;
  /** Letters, digits, `-`, `_`, `.`, `~`, `%`: a token, or what `encodeURIComponent` gives. */
  readonly value: string;
  /** Seconds; 0 takes the cookie away; absent: until the browser is closed. */
  readonly maxAge?: number;
  /** `strict`: also not when somebody follows a link to here. */
  readonly sameSite?: 'lax' | 'strict';
  /** False for `http://localhost` alone. */
  readonly isSecure: boolean;
}

const nameForm = /^[A-Za-z0-9_-]{1,64}$/;
const valueForm = /^[A-Za-z0-9_.~%-]*$/;

/** The header `Set-Cookie`. `__Host-` keeps other hosts of the domain from setting it. @throws TypeError for what no cookie can say */
export function cookieHeader({ name, value, maxAge, sameSite = 'lax', isSecure }: CookieParts): string {
  if (!nameForm.test(name) || !valueForm.test(value)) throw new TypeError('A cookie cannot be called or be worth this.');
  const age = maxAge === undefined ? '' : `; Max-Age=${Math.max(0, Math.floor(maxAge))}`;
  const site = sameSite === 'strict' ? 'Strict' : 'Lax';
  return `${cookieName(name, isSecure)}=${value}; Path=/; HttpOnly; SameSite=${site}${isSecure ? '; Secure' : ''}${age}`;
}

/** What a request's `Cookie` says; null where it says nothing, or two things. */
export function readCookie(header: string | null | undefined, name: string, isSecure: boolean): string | null {
  const wanted = cookieName(name, isSecure);
  const values = (header ?? '').split(';').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 && pair.slice(0, at).trim() === wanted ? [pair.slice(at + 1).trim()] : [];
  });
  return values.length === 1 ? (values[0] ?? null) : null;
}

function cookieName(name: string, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}
