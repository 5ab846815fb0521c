/** Databases that `bb dev` can stand in for on this machine. */
import type { ProviderManifest } from '@betterbase/core';

export type StandInType = 'turso' | 'neon';

/** What opens a stand-in, by the settings of its provider. */
export type StandInSettings = Readonly<Record<string, string>>;

/** Null where nothing has to stand in, or where the address is written out and leads elsewhere. */
export function standInType(provider: ProviderManifest): StandInType | null {
  switch (provider.type) {
    case 'turso':
      return typeof provider.url === 'string' ? null : 'turso';
    case 'neon':
      return 'neon';
    case 'embedded':
    case 'd1':
    case 'postgres':
    case 'supabase':
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
