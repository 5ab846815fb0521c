/**
 * When a batch that failed is sent again: only what is known not to have been carried out, or was read, and only a few times.
 *
 * What became of a write whose answer is lost (`unknown`) nobody knows: the stored outcome tells, not a second try. Wrong
 * credentials, bad SQL, broken constraints and a full disk do not pass by themselves.
 */
import { type RemoteFailure, type RemoteSql, RemoteSqlError } from './remote-sql.ts';

/** How long to wait before each further try, ms. */
const pauses: Readonly<Record<RemoteFailure['kind'], readonly number[]>> = {
  asleep: [250, 500, 1_000, 2_000, 3_000],
  busy: [20, 60, 200, 500],
  overloaded: [300, 1_200],
  unreachable: [100],
  constraint: [],
  refused: [],
  credentials: [],
  unknown: [],
  full: [],
};

/** No further try begins this long after the first, ms: whoever waits has a deadline. */
const patience = 8_000;

export interface RetryParts {
  readonly now: () => number;
  readonly pause: (milliseconds: number) => Promise<void>;
  /** From 0 up to 1, so that those who failed together do not come back together. */
  readonly random: () => number;
}

export function retrying(sql: RemoteSql, { now, pause, random }: RetryParts): RemoteSql {
  return {
    dialect: sql.dialect,
    batch: async (statements, mode) => {
      const begun = now();
      for (let tried = 0; ; tried++) {
        try {
          return await sql.batch(statements, mode);
        } catch (failure) {
          if (!(failure instanceof RemoteSqlError)) throw failure;
          const milliseconds = pauses[failure.failure.kind][tried];
          if (milliseconds === undefined || now() - begun + milliseconds > patience) throw failure;
          await pause(milliseconds * (0.5 + random()));
        }
      }
    },
  };
}
