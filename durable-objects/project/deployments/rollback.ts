import type { Deployment, WireError } from '@betterbase/protocol';

/**
 * The deployment that a rollback means, of a list with the newest first: the one that is named, or else the one that served
 * before the active one. Null if there is none.
 */
export function findRollback(deployments: readonly Deployment[], to: string | null): Deployment | null {
  const served = deployments.filter(({ state }) => state === 'active' || state === 'replaced');
  if (to !== null) return served.find(({ id }) => id === to) ?? null;
  return served.find(({ state }) => state === 'replaced') ?? null;
}

export function notKept(to: string | null): WireError {
  return {
    code: 'deployment/not-found',
    message: to === null ? 'No earlier deployment is kept.' : `There is no deployment \`${to}\` whose code is kept.`,
    hint: 'The code of the newest ten deployments that served is kept: `bb migrate history` lists them.',
  };
}
