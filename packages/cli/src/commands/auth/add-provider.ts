import { BetterBaseError } from '@betterbase/core';
import { AdminClient } from '../../admin/admin-client.ts';
import { askAdmin } from '../../admin/admin-fetch.ts';
import type { CommandContext, CommandResult } from '../command.ts';
import { type AuthOptions, patchSettings, projectOf } from './settings.ts';

export interface ProviderOptions extends AuthOptions {
  readonly issuer?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

const known = ['google', 'github', 'discord', 'apple', 'microsoft', 'twitter', 'facebook'];
/** What Apple signs in with in place of a secret. */
const appleNames = ['APPLE_TEAM_ID', 'APPLE_KEY_ID', 'APPLE_PRIVATE_KEY'];

/** Turns a provider on, puts its credentials into the environment, and says what is left to do. */
export async function addProvider(provider: string, options: ProviderOptions, context: CommandContext): CommandResult {
  const { clientId, clientSecret, issuer } = options;
  const { terminal } = context;
  const { target, params } = await projectOf(options, context);
  const prefix = provider.toUpperCase().replaceAll('-', '_');
  const isKnown = known.includes(provider);
  if (!isKnown && (issuer === undefined || clientId === undefined))
    throw new BetterBaseError('usage/bad-option', `\`${provider}\` is no provider that BetterBase knows.`, {
      hint: `Use one of ${known.join(', ')}, or name an issuer of your own: --issuer https://login.example.com --client-id my-app.`,
    });
  const set = {
    ...(isKnown && clientId !== undefined ? { [`${prefix}_CLIENT_ID`]: clientId } : {}),
    ...(clientSecret === undefined ? {} : { [`${prefix}_CLIENT_SECRET`]: clientSecret }),
  };
  const admin = new AdminClient(target);
  if (Object.keys(set).length > 0) await admin.changeEnvironment({ set });
  if (isKnown) await patchSettings({ [`provider_${provider}`]: true }, options, context);
  else {
    const { settings } = await askAdmin(target, 'GET /admin/projects/:project/auth/settings', { params });
    const before = (settings['oidc_providers'] ?? {}) as object;
    await patchSettings({ oidc_providers: { ...before, [provider]: { issuer, client_id: clientId } } }, options, context);
  }
  const there = new Set((await admin.environment()).map(({ name }) => name));
  const wanted = !isKnown
    ? []
    : provider === 'apple'
      ? ['APPLE_CLIENT_ID', ...appleNames]
      : [`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`];
  const missing = wanted.filter((name) => !there.has(name));
  const callback = `${target.url}/p/${target.project}/auth/callback/${provider}`;
  if (options.json === true) terminal.line(JSON.stringify({ provider, callback, missing }));
  else {
    terminal.line(`${terminal.colors.green('✔')} people may sign in with ${provider}`);
    terminal.line(`Tell ${provider} to send them back to ${callback}`);
    if (missing.length > 0) terminal.line(`Set its credentials: bb env set ${missing.map((name) => `${name}=…`).join(' ')}`);
  }
  return 0;
}
