/** The providers that people sign in with: which there are, and that there is one less. */
import { BetterBaseError } from '@betterbase/core';
import { AdminClient } from '../../admin/admin-client.ts';
import { askAdmin } from '../../admin/admin-fetch.ts';
import type { Target } from '../../workspace/target.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { isStandIn } from '../../dev/sign-in/stand-in-issuer.ts';
import { oidcOf, writeOidc } from './oidc-settings.ts';
import { credentialName, type ProviderGuide, providerGuides } from './provider-credentials.ts';
import { type AuthOptions, patchSettings, projectOf } from './settings.ts';

export interface KnownProvider {
  readonly provider: string;
  readonly callback: string;
  /** Names of the environment that are not set. */
  readonly missing: readonly string[];
  /** `bb dev` stands in for it. */
  readonly isStandIn?: true;
}

/** Where the provider sends people back to. */
export function callbackOf({ url, project }: Target, provider: string): string {
  return `${url}/p/${project}/auth/callback/${provider}`;
}

export async function listProviders(options: AuthOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const { target, params } = await projectOf(options, context);
  const [{ settings }, environment] = await Promise.all([
    askAdmin(target, 'GET /admin/projects/:project/auth/settings', { params }),
    new AdminClient(target).environment(),
  ]);
  const oidc = oidcOf(settings);
  const there = new Set(environment.map(({ name }) => name));
  const known = Object.entries(providerGuides)
    .filter(([name]) => settings[`provider_${name}`] === true && !Object.hasOwn(oidc, name))
    .map(([name, guide]) => ({ provider: name, missing: missingOf(name, guide, there) }));
  const own = Object.entries(oidc).map(([provider, each]) => ({
    provider,
    missing: [],
    ...(isStandIn(each) ? { isStandIn: true as const } : {}),
  }));
  const providers: readonly KnownProvider[] = [...known, ...own].map((each) => ({ ...each, callback: callbackOf(target, each.provider) }));
  if (options.json === true) terminal.line(JSON.stringify({ providers }));
  else if (providers.length === 0) terminal.line('There are none yet: `bb auth add-provider google` turns one on.');
  else
    for (const { provider, missing, callback, isStandIn: isHere } of providers)
      terminal.line(
        missing.length === 0
          ? `${terminal.colors.green('✔')} ${provider}  ${terminal.colors.dim(isHere === true ? 'bb dev stands in for it' : callback)}`
          : `${terminal.colors.yellow('●')} ${provider}  lacks ${missing.join(', ')}: run \`bb auth add-provider ${provider}\``,
      );
  return 0;
}

/** Nobody signs in with it any more, and its credentials are gone. Accounts that came by it stay as they are. */
export async function removeProvider(provider: string, options: AuthOptions, context: CommandContext): CommandResult {
  const { terminal } = context;
  const { target, params } = await projectOf(options, context);
  const admin = new AdminClient(target);
  const [{ settings }, environment] = await Promise.all([
    askAdmin(target, 'GET /admin/projects/:project/auth/settings', { params }),
    admin.environment(),
  ]);
  const { [provider]: own, ...others } = oidcOf(settings);
  const isOn = settings[`provider_${provider}`] === true;
  if (!isOn && own === undefined)
    throw new BetterBaseError('usage/bad-option', `Nobody signs in with \`${provider}\`.`, {
      hint: '`bb auth providers` says with whom they do.',
    });
  if (own !== undefined) await writeOidc(target, others);
  if (isOn) await patchSettings({ [`provider_${provider}`]: false }, options, context);
  const names = [...(providerGuides[provider]?.credentials ?? []), { name: 'CLIENT_SECRET' } as const].map((credential) =>
    credentialName(provider, credential),
  );
  const unset = environment.map(({ name }) => name).filter((name) => names.includes(name));
  if (unset.length > 0) await admin.changeEnvironment({ unset });
  if (options.json === true) terminal.line(JSON.stringify({ provider, unset }));
  else {
    terminal.line(
      `${terminal.colors.green('✔')} nobody signs in with ${provider} any more${unset.length > 0 ? `; took away ${unset.join(', ')}` : ''}`,
    );
    terminal.line('Whoever has no other way in stays out; they are let in again when it is.');
  }
  return 0;
}

function missingOf(provider: string, { credentials }: ProviderGuide, there: ReadonlySet<string>): readonly string[] {
  const isMade = provider === 'apple' && there.has('APPLE_CLIENT_SECRET');
  return credentials
    .filter(({ name, isOptional }) => isOptional !== true && !(isMade && name !== 'CLIENT_ID'))
    .map((credential) => credentialName(provider, credential))
    .filter((name) => !there.has(name));
}
