import type { BetterAuthPlugin } from 'better-auth';
import { magicLink } from 'better-auth/plugins/magic-link';
import { codeLife } from './code-rules.ts';
import type { WaysInParts } from './ways-in.ts';

export function magicLinks({ send }: Pick<WaysInParts, 'send'>): BetterAuthPlugin {
  return magicLink({
    expiresIn: codeLife,
    storeToken: 'hashed',
    sendMagicLink: ({ email, url, token }) => send({ kind: 'link', to: email, link: linkOf(url, token) }),
  });
}

/** To a page of the app, which shows the token to us: a link of ours could not hand the session to the page. */
function linkOf(url: string, token: string): string {
  const page = new URL(url).searchParams.get('callbackURL');
  if (page === null || page.startsWith('/')) return url;
  const link = new URL(page);
  link.searchParams.set('token', token);
  return link.href;
}
