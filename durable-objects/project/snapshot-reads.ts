import type { Outcome } from '@betterbase/engine';
import type { ProjectCall } from './project-door.ts';
import type { EngineLink } from './turns/engine-link.ts';

export interface SnapshotReadsParts {
  readonly engine: Pick<EngineLink, 'isOpen' | 'version'>;
  /** Returns when a turn has told the newest version. @throws BetterBaseError `engine/unavailable` */
  readonly refresh: () => Promise<void>;
  readonly call: (call: ProjectCall) => Outcome | Promise<Outcome>;
}

/**
 * Several queries as of one version.
 *
 * Always true: an answer given for a version is as of it. Earlier versions are not kept, so a commit in between ends the series.
 */
export class SnapshotReads {
  readonly #parts: SnapshotReadsParts;

  constructor(parts: SnapshotReadsParts) {
    this.#parts = parts;
  }

  async version(): Promise<number> {
    const { engine, refresh } = this.#parts;
    if (!engine.isOpen) await refresh();
    return engine.version;
  }

  /** @param version as `version` gave it. */
  async callAt(call: ProjectCall, version: number): Promise<Outcome> {
    const outcome = await this.#parts.call(call);
    // Versions only grow, so an answer that comes while this one is the newest is as of it.
    if (!outcome.ok || this.#parts.engine.version === version) return outcome;
    return {
      ok: false,
      error: {
        code: 'query/version-gone',
        message: `Version ${version} of the data is not there any more.`,
        hint: 'Something was written meanwhile. Begin the series of queries again.',
        requestId: call.requestId,
      },
    };
  }
}
