import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { ResolvedConfig } from './config.ts';
import type { EnvironmentName, ProviderManifest } from './provider-manifest.ts';

/**
 * The provider of a configuration as it is sent to a server.
 *
 * @throws BetterBaseError `config/invalid` when it holds a credential in place of a name
 */
export function sendProvider(provider: ResolvedConfig['provider']): ProviderManifest {
  if (provider.type === 'embedded') return provider;
  const polled = provider.pollEvery === undefined ? {} : { pollEvery: provider.pollEvery };
  switch (provider.type) {
    case 'd1':
      return { type: provider.type, binding: provider.binding, ...polled };
    case 'turso': {
      const authToken = onlyName('authToken', provider.authToken, 'TURSO_AUTH_TOKEN');
      return { type: provider.type, url: checkUrl(provider.url), authToken, ...polled };
    }
    case 'postgres':
    case 'supabase': {
      const { type, binding, connectionString = '' } = provider;
      return binding === undefined ? { type, connectionString: stringName(connectionString), ...polled } : { type, binding, ...polled };
    }
    case 'neon':
      return { type: provider.type, connectionString: stringName(provider.connectionString), ...polled };
    default:
      return provider satisfies never;
  }
}

/** An address may be written out, unless it carries a key. */
function checkUrl(url: string | EnvironmentName): string | EnvironmentName {
  if (typeof url !== 'string') return url;
  const { username, password, search } = URL.canParse(url) ? new URL(url) : { username: '', password: '', search: '' };
  return username === '' && password === '' && search === '' ? url : onlyName('url', url, 'TURSO_URL');
}

function stringName(given: string | EnvironmentName): EnvironmentName {
  return onlyName('connectionString', given, 'DATABASE_URL');
}

function onlyName(setting: string, given: string | EnvironmentName, example: string): EnvironmentName {
  if (typeof given !== 'string') return given;
  throw new BetterBaseError('config/invalid', `provider.${setting} holds a secret itself, which would be sent and kept with the code.`, {
    hint: `Write ${setting}: { env: '${example}' } in betterbase.config.ts, and set the value with \`bb env set ${example}\`.`,
  });
}
