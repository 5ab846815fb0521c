import type { Id } from '../values/value.ts';
import type { FunctionReference, OptionalArgs } from './function-reference.ts';

/** What can be run later. */
export type SchedulableFunctionReference = FunctionReference<'mutation' | 'action'>;

/**
 * Runs functions later, as nobody: who is signed in now is not passed on.
 *
 * In a mutation it is part of the transaction: nothing is scheduled or canceled if the mutation fails. In an action each
 * call takes effect at once. A mutation that was scheduled runs exactly once, an action at most once.
 */
export interface Scheduler {
  /** @throws BetterBaseError `scheduler/bad-time`, `scheduler/too-many`, `arguments/too-large` */
  runAfter<Ref extends SchedulableFunctionReference>(
    delayMs: number,
    reference: Ref,
    ...args: OptionalArgs<Ref>
  ): Promise<Id<'_scheduled_functions'>>;

  /** At a time in ms since 1970, or a `Date`; at once if it has passed. @throws as `runAfter` */
  runAt<Ref extends SchedulableFunctionReference>(
    timestamp: number | Date,
    reference: Ref,
    ...args: OptionalArgs<Ref>
  ): Promise<Id<'_scheduled_functions'>>;

  /**
   * What has not begun never begins; an action under way goes on but schedules nothing more; what is over stays as it is.
   *
   * @throws BetterBaseError `document/not-found`, `scheduler/cancels-itself`
   */
  cancel(id: Id<'_scheduled_functions'>): Promise<void>;
}
