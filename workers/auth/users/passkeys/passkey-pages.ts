/** Passkeys (WebAuthn): what they are made for, and the pages that may ask for them. */
import type { WireError } from '@betterbase/protocol';
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { RowsPort } from '@betterbase/providers/rows';
import { isTrustedPage } from '../trusted-origins.ts';

export type PasskeySettings = Pick<AuthSettings, 'passkey_enabled' | 'passkey_rp_id' | 'allowed_origins'>;

/** The domain that passkeys are made for; null: it is not known. */
export function relyingParty({ passkey_rp_id: chosen, allowed_origins: allowed }: PasskeySettings, isDevelopment: boolean): string | null {
  if (chosen !== '') return chosen;
  if (isDevelopment) return 'localhost';
  const site = allowed.find((origin) => /^https?:\/\//i.test(origin));
  return site === undefined ? null : new URL(site).hostname;
}

export function isCeremony(path: string): boolean {
  return /^\/passkey\/(?:generate|verify)-/.test(path);
}

/**
 * What is wrong with asking for a passkey on this page; null: nothing.
 *
 * better-auth compares what the device signed with the `Origin` that the request claims: which ones there may be is said here.
 *
 * @param origin of the page, as the request has it; null: browsers name none with a GET to their own origin
 */
export function passkeyRefusal(
  { path, method, origin }: { readonly path: string; readonly method: string; readonly origin: string | null },
  settings: PasskeySettings,
  isDevelopment: boolean,
): WireError | null {
  if (!settings.passkey_enabled || !isCeremony(path)) return null;
  const domain = relyingParty(settings, isDevelopment);
  if (domain === null)
    return {
      code: 'config/invalid',
      message: 'Passkeys are on, but nobody has said for which domain.',
      hint: 'bb auth set allowed_origins=https://app.example.com',
    };
  if (origin === null && method === 'GET') return null;
  const isOfDomain = origin !== null && URL.canParse(origin) && isWithin(new URL(origin).hostname, domain);
  if (isOfDomain && isTrustedPage(origin, settings.allowed_origins, isDevelopment)) return null;
  return {
    code: 'auth/refused',
    message: `Passkeys of ${domain} are not asked for on ${origin ?? 'a page that has no origin'}.`,
    hint: `allowed_origins has the pages that may; each is on ${domain} (passkey_rp_id) or below it.`,
  };
}

/** Anybody may begin a ceremony, and nobody need end it: what was kept for those that are over goes when another begins. */
export async function forgetOver(path: string, port: RowsPort): Promise<void> {
  if (!path.startsWith('/passkey/generate-')) return;
  const isOver = { field: 'expiresAt', operator: 'lt', value: new Date().toISOString(), connector: 'AND', mode: 'sensitive' } as const;
  await port.rows({ do: 'delete', table: 'verification', where: [isOver], reach: 'all' });
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
