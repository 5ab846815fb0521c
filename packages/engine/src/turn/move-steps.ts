import type { MoveOutcome, MoveRequest } from '../move/move-operation.ts';
import type { Moves, MoveStanding } from '../move/moves.ts';
import type { KeptQueries } from '../reactivity/kept-queries.ts';
import type { LiveQueries } from '../reactivity/live-queries.ts';
import type { Standing } from './standing.ts';
import type { StandingTables } from './standing-tables.ts';

export interface MoveStepsParts {
  readonly moves: Moves;
  readonly tables: StandingTables;
  readonly live: LiveQueries;
  readonly kept: KeptQueries;
}

/** Steps of exports and imports, as a turn carries them out. */
export class MoveSteps {
  readonly #parts: MoveStepsParts;

  constructor(parts: MoveStepsParts) {
    this.#parts = parts;
  }

  /** @param touched gets the live queries that read what a step commits */
  async perform(standing: Standing, request: MoveRequest, touched: Set<number>): Promise<MoveOutcome> {
    return await this.#parts.moves.perform(request, this.#moveStanding(standing, touched));
  }

  #moveStanding(standing: Standing, touched: Set<number>): MoveStanding {
    const { tables, kept, live } = this.#parts;
    const { catalog, times, deployment, version } = standing;
    return {
      catalog,
      times,
      version,
      deployment: deployment ?? '',
      withTables: async (names) => {
        const missing = names.filter((name) => !standing.catalog.get(name).exists);
        if (missing.length > 0) await tables.add(standing, new Set(missing));
        return standing.catalog;
      },
      commit: async (work) => {
        await kept.doubt();
        const next = standing.version + 1;
        const committed = await work({ basedOn: standing.version, version: next, time: times.last });
        times.reset(committed.time);
        const isRenumbered = committed.schema !== catalog.schema;
        Object.assign(standing, {
          version: next,
          ...(isRenumbered ? { schema: committed.schema, catalog: tables.catalog(committed.schema) } : {}),
        });
        live.collectReaders(
          committed.summary.tables.map(({ table }) => table),
          touched,
        );
        return committed;
      },
    };
  }
}
