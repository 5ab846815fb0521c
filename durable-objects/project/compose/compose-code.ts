import { mostAtOnce } from '../deployments/backfill.ts';
import type { DeploymentStage } from '../deployments/deployment-stage.ts';
import { Deployments } from '../deployments/deployments.ts';
import type { ProjectCode } from '../deployments/project-code.ts';
import { StaticApp } from '../deployments/static-app.ts';
import type { ProjectPlatform } from '../project-platform.ts';
import { type ClaimParts, claimFor, verifyFor } from '../provider/database-claim.ts';
import { addressOf } from '../provider/provider-address.ts';
import type { ProviderType } from '../provider/provider-rules.ts';
import type { ProjectData } from './project-data.ts';

/** A project's code: that of its newest deployment, or what is compiled in. */
export function composeCode(platform: ProjectPlatform, data: ProjectData, stage: DeploymentStage): ProjectCode {
  const { source, now, digest, randomName } = platform;
  const { deployments: store, environment, openTables } = data;
  if (source.from === 'worker') {
    const { isServed, edge, consent } = source;
    return new StaticApp({
      isServed,
      edge,
      consent,
      now,
      digest,
      openTables,
      hasTables: () => store.exists(),
      appliedMigrations: async () => {
        await stage.hold();
        try {
          await stage.openEngine();
          return await stage.appliedMigrations();
        } finally {
          stage.release();
        }
      },
    });
  }
  const { project, disk, claimDatabase: claim, findOwner } = platform;
  const claims: ClaimParts = { project, disk, newOwner: () => randomName(16), claim, findOwner };
  return new Deployments({
    store,
    environment,
    openTables,
    stage,
    now,
    digest,
    edge: (deployment) => source.edge(deployment, data.source),
    providers: availableProviders(platform),
    claim: async (provider, given) => {
      const address = addressOf(provider, given);
      return address === null ? null : await claimFor(address, claims);
    },
    verify: async (provider, given) => {
      const address = addressOf(provider, given);
      return address === null ? null : await verifyFor(address, claims);
    },
    backfillAbove: platform.backfillAbove ?? mostAtOnce,
    breathe: platform.breathe ?? (async () => {}),
    newDeployment: () => `${now().toString(36)}-${randomName(6)}`,
  });
}

/** What documents can rest in. */
export function availableProviders({ providers }: ProjectPlatform): readonly ProviderType[] {
  return providers ?? ['embedded'];
}
