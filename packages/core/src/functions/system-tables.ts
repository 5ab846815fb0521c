/** Tables that every project has: read them with `ctx.db.system`. */
import type { SystemFields } from '../schema/data-model.ts';
import type { AnyValue } from '../validators/any.ts';

export type ScheduledState =
  | { kind: 'pending' }
  | { kind: 'inProgress' }
  | { kind: 'success' }
  | { kind: 'failed'; error: string }
  | { kind: 'canceled' };

/** A function that was scheduled. It is kept for 7 days after it is over. */
export interface ScheduledFunction extends SystemFields<'_scheduled_functions'> {
  /** `messages:send` */
  name: string;
  /** The one argument object. */
  args: AnyValue[];
  /** ms since 1970 */
  scheduledTime: number;
  completedTime?: number;
  state: ScheduledState;
}

/** One run of a cron job, or runs that were skipped because it was too late for them. */
export interface CronRun extends SystemFields<'_cron_runs'> {
  /** The cron job's name. */
  cron: string;
  name: string;
  args: AnyValue[];
  scheduledTime: number;
  completedTime?: number;
  state: ScheduledState | { kind: 'skipped'; runs: number };
}

interface SystemTable<Document> {
  readonly document: Document;
  readonly fieldPaths: keyof Document & string;
  readonly indexes: { readonly by_id: readonly ['_id']; readonly by_creation_time: readonly ['_creationTime'] };
  readonly searchIndexes: Record<never, never>;
  readonly vectorIndexes: Record<never, never>;
}

/** The tables of `ctx.db.system` as types. */
export type SystemDataModel = {
  readonly _scheduled_functions: SystemTable<ScheduledFunction>;
  readonly _cron_runs: SystemTable<CronRun>;
};
