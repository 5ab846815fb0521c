/** What a deployment may say of where its documents rest. */
import { type ProviderManifest, providerValueNames } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

export type ProviderType = ProviderManifest['type'];

export interface ProviderSituation {
  /** Of the deployment that serves; null when none does. */
  readonly current: ProviderManifest | null;
  /** What this installation keeps documents in. */
  readonly available: readonly ProviderType[];
  /** The project's environment values. */
  readonly values: Readonly<Record<string, string>>;
}

/** Why a project cannot be served from there; null when it can. */
export function providerRefusal(wanted: ProviderManifest, { current, available, values }: ProviderSituation): WireError | null {
  if (current !== null && !isSamePlace(current, wanted)) return changed(current, wanted);
  if (!available.includes(wanted.type)) return notAvailable(wanted, available);
  return missingValues(wanted, values);
}

/** The environment values that a provider names and nobody has set. */
export function missingValues(provider: ProviderManifest, values: Readonly<Record<string, string>>): WireError | null {
  const missing = providerValueNames(provider).filter((name) => (values[name] ?? '') === '');
  if (missing.length === 0) return null;
  const names = missing.map((name) => `\`${name}\``).join(' and ');
  return {
    code: 'provider/missing-value',
    message: `The provider ${provider.type} needs the environment ${missing.length === 1 ? 'value' : 'values'} ${names}, which ${missing.length === 1 ? 'is' : 'are'} not set.`,
    hint: `Run \`bb env set ${missing.join(' ')}\`${missing.length === 1 ? ', which reads the value from standard input' : ' with a value for each'}.`,
    details: { missing },
  };
}

/** The environment without what reaches the database: functions have no use for it. */
export function withoutProviderValues(
  values: Readonly<Record<string, string>>,
  provider: ProviderManifest,
): Readonly<Record<string, string>> {
  const hidden = providerValueNames(provider);
  if (hidden.length === 0) return values;
  return Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.includes(name)));
}

/** Values may be called something else from now on; which database they reach is seen when it is opened. */
function isSamePlace(one: ProviderManifest, other: ProviderManifest): boolean {
  if ('binding' in one || 'binding' in other) return placeOf(one) === placeOf(other);
  return one.type === other.type;
}

function changed(current: ProviderManifest, wanted: ProviderManifest): WireError {
  return {
    code: 'provider/changed',
    message: `This project keeps its documents in ${placeOf(current)}; this deployment would look for them in ${placeOf(wanted)}.`,
    hint: 'Documents do not move by themselves: `bb iac export` them, deploy this under another project name, and `bb iac import` them there.',
    details: { from: placeOf(current), to: placeOf(wanted) },
  };
}

function notAvailable(wanted: ProviderManifest, available: readonly ProviderType[]): WireError {
  return {
    code: 'provider/not-available',
    message: `This installation cannot keep a project’s documents in ${wanted.type} yet.`,
    hint: `Set provider: { type: '${available.join("' } or { type: '")}' } in betterbase.config.ts.`,
    details: { available },
  };
}

function placeOf(provider: ProviderManifest): string {
  return 'binding' in provider ? `${provider.type} (${provider.binding})` : provider.type;
}
