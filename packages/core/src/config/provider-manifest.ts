/** What a deployment says of where its documents rest: names and addresses, never a credential. */

/** Stands for an environment value of the project: `bb env set <env>=…`. */
export interface EnvironmentName {
  readonly env: string;
}

export type ProviderManifest = { readonly type: 'embedded' } | ElsewhereManifest;

type ElsewhereManifest = (
  | { readonly type: 'd1'; readonly binding: string }
  | { readonly type: 'turso'; readonly url: string | EnvironmentName; readonly authToken: EnvironmentName }
  | { readonly type: PostgresType; readonly connectionString: EnvironmentName }
  | { readonly type: HyperdriveType; readonly binding: string }
) & {
  /** How often the database is asked whether others have written to it, seconds. 0: never. Absent: `defaultPollEvery`. */
  readonly pollEvery?: number;
};

const defaultPollEvery = 10;
/** A day, seconds. */
export const longestPollEvery = 86_400;

/** Seconds between looks at a database that others may write to; 0: nobody looks. */
export function pollEvery(provider: ProviderManifest): number {
  return provider.type === 'embedded' ? 0 : (provider.pollEvery ?? defaultPollEvery);
}

/** The names for a PostgreSQL that is reached by a connection string. */
export type PostgresType = 'neon' | HyperdriveType;

/** Those that speak PostgreSQL's own protocol, through Hyperdrive where it is bound. */
export type HyperdriveType = 'postgres' | 'supabase';

/** Where documents rest when nobody says anything. */
export const embeddedProvider: ProviderManifest = { type: 'embedded' };

/** The environment values that reach the database; the project's functions do not see them. */
export function providerValueNames(provider: ProviderManifest): readonly string[] {
  switch (provider.type) {
    case 'embedded':
    case 'd1':
      return [];
    case 'turso':
      return [...(typeof provider.url === 'string' ? [] : [provider.url.env]), provider.authToken.env];
    case 'neon':
    case 'postgres':
    case 'supabase':
      return 'binding' in provider ? [] : [provider.connectionString.env];
    default:
      return provider satisfies never;
  }
}
