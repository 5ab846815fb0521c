import { embeddedProvider } from '@betterbase/core';
import type { ProjectCode } from '../deployments/project-code.ts';
import type { ProjectPlatform } from '../project-platform.ts';
import { OutsideWatch, type OutsideWatchParts } from '../provider/outside-watch.ts';
import type { EngineLink } from '../turns/engine-link.ts';
import type { ProjectData } from './project-data.ts';

export interface OutsideSurroundings extends Pick<OutsideWatchParts, 'hasWatchers' | 'lookAt' | 'add'> {
  readonly code: ProjectCode;
  readonly engine: EngineLink;
}

/** Sees what other programs write to the database of the deployment that serves. */
export function composeOutside(
  { disk, now, source, databaseVersion }: ProjectPlatform,
  data: ProjectData,
  { code, engine, ...surroundings }: OutsideSurroundings,
): OutsideWatch {
  let served = { id: '', provider: embeddedProvider };
  return new OutsideWatch({
    ...surroundings,
    disk,
    now,
    ready: async () => void (await code.ready()),
    provider: () => {
      const { active } = code;
      if (active !== null && active.id !== served.id && source.from === 'deployments')
        served = { id: active.id, provider: data.deployments.provider(active.id) };
      return served.provider;
    },
    databaseVersion: async () => {
      await data.environment.open();
      const address = data.source.address(served.id);
      return address === null ? null : await databaseVersion(address);
    },
    engineVersion: () => (engine.isOpen ? engine.version : null),
  });
}
