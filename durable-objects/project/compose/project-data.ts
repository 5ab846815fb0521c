import { Environment } from '../environment/environment.ts';
import { EnvironmentStore } from '../environment/environment-store.ts';
import { RestRecord } from '../connections/rest-record.ts';
import { SessionStore } from '../connections/session-store.ts';
import { DeploymentStore } from '../deployments/deployment-store.ts';
import type { ProjectPlatform, SourceReader } from '../project-platform.ts';
import { addressOf } from '../provider/provider-address.ts';
import { withoutProviderValues } from '../provider/provider-rules.ts';

/** What the switchboard keeps on its own disk. */
export interface ProjectData {
  readonly deployments: DeploymentStore;
  readonly sessions: SessionStore;
  readonly record: RestRecord;
  readonly environment: Environment;
  readonly source: SourceReader;
  /** Makes the tables of all of them. A project that nobody has deployed has none. */
  readonly openTables: () => void;
}

export function openData({ disk, cipher, now }: ProjectPlatform): ProjectData {
  const deployments = new DeploymentStore(disk);
  const sessions = new SessionStore(disk);
  const record = new RestRecord(disk);
  const values = new EnvironmentStore(disk);
  const environment = new Environment({ store: values, cipher, now });
  return {
    deployments,
    sessions,
    record,
    environment,
    source: {
      bundle: (deployment) => {
        const text = deployments.bundle(deployment);
        if (text === null) throw new Error(`The code of deployment ${deployment} is not kept.`);
        return text;
      },
      revision: () => environment.revision,
      values: (deployment) => withoutProviderValues(environment.values, deployments.provider(deployment)),
      address: (deployment) => addressOf(deployments.provider(deployment), environment.values),
    },
    openTables: () => {
      deployments.open();
      sessions.open();
      values.open();
      record.open();
    },
  };
}
