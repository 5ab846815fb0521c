/** Environment values that a provider names lead to the project's documents: changed, they must lead to the same ones. */
import { isBetterBaseError, type ProviderManifest, providerValueNames } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import type { Environment, EnvironmentChange } from '../environment/environment.ts';
import { missingValues } from './provider-rules.ts';

export interface ValueChangeParts {
  readonly environment: Pick<Environment, 'open' | 'values'>;
  /** Why what these values lead to is not the project's database; null when it is. */
  readonly verify: (provider: ProviderManifest, values: Environment['values']) => Promise<WireError | null>;
}

/** Why a project with documents at this provider cannot have these values; null when it can. */
export async function valueChangeRefusal(
  provider: ProviderManifest,
  { set, unset }: EnvironmentChange,
  { environment, verify }: ValueChangeParts,
): Promise<WireError | null> {
  const names = providerValueNames(provider);
  if (!names.some((name) => Object.hasOwn(set, name) || unset.includes(name))) return null;
  const before = await readable(environment);
  const after = { ...Object.fromEntries(Object.entries(before).filter(([name]) => !unset.includes(name))), ...set };
  if (names.every((name) => before[name] === after[name])) return null;
  return missingValues(provider, after) ?? (await verify(provider, after));
}

/** None of those that cannot be decrypted any more: setting them again is the way out. */
async function readable(environment: ValueChangeParts['environment']): Promise<Environment['values']> {
  try {
    await environment.open();
    return environment.values;
  } catch (error) {
    if (isBetterBaseError(error) && error.code === 'environment/unreadable') return {};
    throw error;
  }
}
