/** Issuers of a project's own choice, as its settings have them. */
import { askAdmin } from '../../admin/admin-fetch.ts';
import type { Target } from '../../workspace/target.ts';

export interface SettingsOf {
  readonly issuer: string;
  readonly client_id: string;
  readonly scopes?: readonly string[];
}

export type OidcSettings = Readonly<Record<string, SettingsOf>>;

export function oidcOf(settings: Readonly<Record<string, unknown>>): OidcSettings {
  return (settings['oidc_providers'] ?? {}) as OidcSettings;
}

export async function readOidc(target: Target): Promise<OidcSettings> {
  const { settings } = await askAdmin(target, 'GET /admin/projects/:project/auth/settings', { params: { project: target.project } });
  return oidcOf(settings);
}

/** All of them: what is not among them is no issuer any more. */
export async function writeOidc(target: Target, providers: OidcSettings): Promise<void> {
  const all = Object.entries(providers).map(
    ([name, { scopes, ...provider }]) => [name, { ...provider, ...(scopes === undefined ? {} : { scopes: [...scopes] }) }] as const,
  );
  const body = { oidc_providers: Object.fromEntries(all) };
  await askAdmin(target, 'PATCH /admin/projects/:project/auth/settings', { params: { project: target.project }, body });
}
