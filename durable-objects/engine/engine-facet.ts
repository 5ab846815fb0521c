import type { EngineDoor } from '@betterbase/engine';
import type { PassedDatabase } from '@betterbase/providers';

/**
 * The engine as its facet offers it: where documents rest elsewhere, each call brings the way there along, last. It is
 * never in `env`: what is there, project code keeps.
 */
export type EngineFacet = {
  [Method in keyof EngineDoor]: (
    ...call: [...Required<Parameters<EngineDoor[Method]>>, database?: PassedDatabase]
  ) => ReturnType<EngineDoor[Method]>;
};

/** @param database makes a way for one call */
export function withDatabase(facet: EngineFacet, database: () => PassedDatabase): EngineDoor {
  return {
    status: () => facet.status(database()),
    plan: (app) => facet.plan(app, database()),
    backfill: (request) => facet.backfill(request, database()),
    migrate: (deployment, consent = null) => facet.migrate(deployment, consent, database()),
    appliedMigrations: () => facet.appliedMigrations(database()),
    turn: (request) => facet.turn(request, database()),
    mayFollow: () => facet.mayFollow(),
    outcomesSince: (version) => facet.outcomesSince(version, database()),
    recordFailure: (request, identity, error) => facet.recordFailure(request, identity, error, database()),
  };
}
