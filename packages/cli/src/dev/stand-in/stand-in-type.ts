/** Databases that `bb dev` can stand in for on this machine. */
import type { ProviderManifest } from '@betterbase/core';

export type StandInType = 'turso' | 'neon' | 'postgres';

/** What opens a stand-in, by the settings of its provider. */
export type StandInSettings = Readonly<Record<string, string>>;

/** Null where nothing has to stand in, or where the address is written out and leads elsewhere. */
export function standInType(provider: ProviderManifest): StandInType | null {
  switch (provider.type) {
    case 'turso':
      return typeof provider.url === 'string' ? null : 'turso';
    case 'neon':
      return 'neon';
    case 'postgres':
    case 'supabase':
      return 'postgres';
    case 'embedded':
    case 'd1':
      return null;
    default:
      return provider satisfies never;
  }
}

/** The environment values that lead a provider to its stand-in. */
export function standInValues(provider: ProviderManifest, settings: StandInSettings): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [setting, given] of Object.entries(provider)) {
    const value = settings[setting];
    if (typeof given === 'object' && value !== undefined) values[given.env] = value;
  }
  return values;
}

export function isStandInType(text: unknown): text is StandInType {
  return text === 'turso' || text === 'neon' || text === 'postgres';
}

/** The address of a PostgreSQL on this machine. */
export function postgresAddress({ port, secret }: { readonly port: number; readonly secret: string }): string {
  return `postgresql://postgres:${secret}@127.0.0.1:${port}/postgres`;
}
