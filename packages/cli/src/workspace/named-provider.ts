/** Providers by their names alone, for the command line: with the settings that a new app gets. */
import { BetterBaseError, type ProviderManifest } from '@betterbase/core';
import { providerAdvice } from '@betterbase/core/config';

export const namedProviders = {
  embedded: { type: 'embedded' },
  d1: { type: 'd1', binding: 'APP_DB' },
  turso: { type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_AUTH_TOKEN' } },
  neon: { type: 'neon', connectionString: { env: 'DATABASE_URL' } },
  postgres: { type: 'postgres', binding: 'HYPERDRIVE' },
  supabase: { type: 'supabase', binding: 'HYPERDRIVE' },
} as const satisfies Partial<Record<ProviderManifest['type'], ProviderManifest>>;

export type ProviderName = keyof typeof namedProviders;

/** @throws BetterBaseError `usage/bad-option`, saying what to use instead */
export function parseProviderName(text: string): ProviderName {
  if (isProviderName(text)) return text;
  throw new BetterBaseError('usage/bad-option', `--provider ${text}: ${providerAdvice(text)}.`, {
    hint: `Documents can rest in ${Object.keys(namedProviders).join(', ')}.`,
  });
}

export function isProviderName(text: string): text is ProviderName {
  return Object.hasOwn(namedProviders, text);
}
