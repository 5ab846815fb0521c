/**
 * What ties the way back from an issuer to the browser that left: better-auth's cookie of the visit's state, under a name that says
 * to which issuer the visit was, so that what comes back from another is not taken for its answer, and that visits in several tabs
 * do not get in each other's way.
 */
import { base64url } from 'jose';

/** Of a visit that adds an account to that of whoever is signed in. */
export interface LinkVisit {
  readonly page: string;
  readonly challenge: string;
}

export interface BroughtBack {
  /** As better-auth looks for it. */
  readonly cookie: string;
  readonly link: LinkVisit | null;
}

const own = /(?:^|[._-])state$/;

/** @param path where issuers send browsers back to: the cookie is for nothing else */
export function leaveWith(
  cookies: readonly string[],
  { provider, path, link }: { readonly provider: string; readonly path: string; readonly link: LinkVisit | null },
): string[] {
  return cookies.flatMap((cookie) => {
    const [, name = '', value = '', attributes = ''] = /^([^=]+)=([^;]*)(.*)$/s.exec(cookie) ?? [];
    if (!own.test(name)) return [];
    const suffix = link === null ? '' : `~${base64url.encode(JSON.stringify(link))}`;
    return [`${name}.${provider}.${value.slice(0, 8)}=${value}${suffix}${attributes.replace(/; *path=[^;]*/i, `; Path=${path}`)}`];
  });
}

/** Null: this browser did not leave for this issuer with this state. */
export function comeBackWith(
  cookies: string | null,
  { provider, state }: { readonly provider: string; readonly state: string },
): BroughtBack | null {
  if (!/^[\w-]{16,}$/.test(state)) return null;
  const suffix = `.${provider}.${state.slice(0, 8)}`;
  for (const pair of (cookies ?? '').split(/; */)) {
    const at = pair.indexOf('=');
    const [name, [value = '', link]] = [pair.slice(0, at), pair.slice(at + 1).split('~')];
    if (!name.endsWith(suffix) || !own.test(name.slice(0, -suffix.length)) || !value.startsWith(state)) continue;
    return { cookie: `${name.slice(0, -suffix.length)}=${value}`, link: link === undefined ? null : readLink(link) };
  }
  return null;
}

function readLink(text: string): LinkVisit {
  try {
    const { page, challenge } = JSON.parse(new TextDecoder().decode(base64url.decode(text))) as Readonly<Record<string, unknown>>;
    return { page: String(page), challenge: String(challenge) };
  } catch {
    // A page that is no page leads nowhere.
    return { page: '', challenge: '' };
  }
}
