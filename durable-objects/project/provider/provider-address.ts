import type { HyperdriveType, PostgresType, ProviderManifest } from '@betterbase/core';

/** A database elsewhere and what opens it. Secret: it goes to the platform's own entrypoint and nowhere else. */
export type ProviderAddress =
  | { readonly type: 'd1'; readonly binding: string }
  | { readonly type: 'turso'; readonly url: string; readonly authToken: string }
  | { readonly type: PostgresType; readonly connectionString: string }
  | { readonly type: HyperdriveType; readonly binding: string };

/** Null for what is not elsewhere. Values that are not set are empty: `missingValues` names them. */
export function addressOf(provider: ProviderManifest, values: Readonly<Record<string, string>>): ProviderAddress | null {
  switch (provider.type) {
    case 'embedded':
      return null;
    case 'd1':
      return { type: provider.type, binding: provider.binding };
    case 'turso': {
      const url = typeof provider.url === 'string' ? provider.url : (values[provider.url.env] ?? '');
      return { type: provider.type, url, authToken: values[provider.authToken.env] ?? '' };
    }
    case 'neon':
    case 'postgres':
    case 'supabase':
      if ('binding' in provider) return { type: provider.type, binding: provider.binding };
      return { type: provider.type, connectionString: values[provider.connectionString.env] ?? '' };
    default:
      return provider satisfies never;
  }
}
