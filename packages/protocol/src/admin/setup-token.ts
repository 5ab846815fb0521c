import { toHex } from '@betterbase/core/bytes';
const utf8 = new TextEncoder();

/**
 * What lets somebody become the first admin. It follows from the installation's own key, which it does not tell, so that whoever
 * brings an installation up can print it, and nothing has to be stored.
 */
export async function setupToken(adminKey: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', utf8.encode(adminKey), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return `bb_setup_${toHex(await crypto.subtle.sign('HMAC', key, utf8.encode('betterbase: the first admin')))}`;
}
