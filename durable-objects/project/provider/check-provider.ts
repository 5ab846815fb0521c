import type { ProviderManifest } from '@betterbase/core';
import type { DatabaseReport, ProviderReport } from '@betterbase/protocol';
import type { Environment } from '../environment/environment.ts';
import type { Checked } from '../project-door.ts';
import { toWireError } from '../wire-errors.ts';
import { addressOf, type ProviderAddress } from './provider-address.ts';
import { missingValues, type ProviderType } from './provider-rules.ts';

export interface CheckParts {
  readonly environment: Pick<Environment, 'open' | 'values'>;
  readonly available: readonly ProviderType[];
  /** Opens the database away from the object and looks at it. */
  readonly checkDatabase: (address: ProviderAddress) => Promise<Checked<{ readonly database: DatabaseReport }>>;
}

/** What a provider is like, with the project's environment values; asked before it is deployed with. Never rejects. */
export async function checkProvider(
  provider: ProviderManifest,
  { environment, available, checkDatabase }: CheckParts,
): Promise<Checked<{ readonly report: ProviderReport }>> {
  const { type } = provider;
  const isAvailable = available.includes(type);
  try {
    await environment.open();
    const missing = missingValues(provider, environment.values);
    if (missing !== null) return { ok: false, error: missing };
    const address = addressOf(provider, environment.values);
    if (address === null) return { ok: true, report: { type, isAvailable, database: null } };
    const checked = await checkDatabase(address);
    return checked.ok ? { ok: true, report: { type, isAvailable, database: checked.database } } : checked;
  } catch (failure) {
    return { ok: false, error: toWireError(failure) };
  }
}
