/** What is said when a visit to an issuer ends without a session, and what to do then. */

/** By what better-auth and issuers call it. What is not here is told by its name alone. */
const sentences: Readonly<Record<string, string>> = {
  access_denied: 'You refused, or closed the page. Nothing has changed.',
  account_not_linked:
    'There is an account with this e-mail address already, and it is not certain that it is yours. Sign in to it as before, then link this one.',
  account_already_linked_to_different_user: 'Somebody else here signs in with this account. Sign in with it, or link another.',
  unable_to_link_account: 'You were signed out while you were away. Sign in, and link the account again.',
  invalid_code: 'The issuer did not confirm who you are. Try again; if it stays so, the app’s credentials there are wrong.',
  unable_to_get_user_info: 'The issuer did not say who you are, or what it said was not signed by it for this visit. Try again.',
  issuer_mismatch: 'Another issuer has answered than the one that was asked. Try again.',
  oauth_provider_not_found: 'This way of signing in is not offered any more.',
  state_mismatch: 'This took too long, or was begun in another browser. Try again.',
  email_domain_not_allowed: 'This e-mail address cannot have an account here.',
  banned_user: 'This account may not sign in.',
};

/** One name for what all issuers mean: the visitor said no. */
const refusals = new Set(['access_denied', 'user_cancelled_authorize', 'user_denied', 'consent_required', 'login_required']);

export interface VisitFailure {
  /** For programs; never anything else than a word. */
  readonly error: string;
  /** For people. */
  readonly description: string;
}

/** @param said by an issuer, or by whoever made the address: it is not repeated unless it is a plain word */
export function visitFailure(said: string): VisitFailure {
  const word = said.toLowerCase();
  const error = refusals.has(word) ? 'access_denied' : /^[a-z][a-z0-9_]{0,60}$/.test(word) ? word : 'unknown';
  return { error, description: sentences[error] ?? 'Signing in did not work. Try again.' };
}

/** For a visit of which not even the page is known that it began at. */
export function lostPage({ error, description }: VisitFailure): Response {
  const text = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Not signed in</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:16vh auto;padding:0 1.5rem}h1{font-size:1.25rem}small{opacity:.6}</style>
<h1>Not signed in</h1><p>${description}</p><p>Go back to the app, and begin again there.</p><small>${error}</small></html>`;
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
  };
  return new Response(text, { status: 400, headers });
}
