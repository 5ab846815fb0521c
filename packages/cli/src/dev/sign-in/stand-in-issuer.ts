/** What a project's settings say of a vendor that `bb dev` stands in for. */
import type { SettingsOf } from '../../commands/auth/oidc-settings.ts';

/** The app, as the stand-ins know it. */
export const standInClient = 'bb-dev';

/** On this machine, and nowhere else. */
export function standInIssuer(port: number, vendor: string): string {
  return `http://127.0.0.1:${port}/${vendor}`;
}

export function standIn(port: number, vendor: string): SettingsOf {
  return { issuer: standInIssuer(port, vendor), client_id: standInClient };
}

export function isStandIn({ issuer, client_id: client }: SettingsOf): boolean {
  return client === standInClient && /^http:\/\/127\.0\.0\.1:\d+\//.test(issuer);
}
