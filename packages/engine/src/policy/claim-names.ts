/** Claims that a user's identity has under another name than the token. */
const names: Readonly<Record<string, string>> = {
  sub: 'subject',
  iss: 'issuer',
  profile: 'profileUrl',
  picture: 'pictureUrl',
  birthdate: 'birthday',
  zoneinfo: 'timezone',
  locale: 'language',
};
const alike = /^(?:(?:given|family|middle)_name|preferred_username|email_verified|phone_number|phone_number_verified)$/;

/** By which names a claim is found, the token's own first. */
export function claimOf(claim: string): readonly [own: string, other?: string] {
  const other = Object.hasOwn(names, claim) ? names[claim] : undefined;
  if (other !== undefined) return [claim, other];
  return alike.test(claim) ? [claim, claim.replaceAll(/_[a-z]/g, (letter) => letter.slice(1).toUpperCase())] : [claim];
}
