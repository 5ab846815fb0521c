import type { UserIdentity } from '@betterbase/core';
import type { Identity } from '@betterbase/engine';

const issuer = 'https://test.betterbase.local';

/** A full identity of what a test says about a user; users that are described alike are the same one. */
export function testIdentity(given: Partial<UserIdentity>): Identity {
  const subject = given.subject ?? `user-${fingerprint(JSON.stringify(given))}`;
  const from = given.issuer ?? issuer;
  return { ...given, subject, issuer: from, tokenIdentifier: given.tokenIdentifier ?? `${from}|${subject}` };
}

/** FNV-1a */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}
