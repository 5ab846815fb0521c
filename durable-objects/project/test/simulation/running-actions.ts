import type { ActionOrder } from '../../actions.ts';

/** An action that takes longer counts as lost, ms. */
const actionLife = 15 * 60_000;

/**
 * Actions under way, each in an isolate of its own.
 *
 * Holds: what was started, and how often each job was.
 */
export class RunningActions {
  readonly #now: () => number;
  #running: { readonly order: ActionOrder; readonly startedAt: number }[] = [];
  /** How often each scheduled action was started, by its job. */
  readonly starts = new Map<string, number>();
  /** How often a run of the cron job that is an action began before the one before it had ended. */
  overlaps = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  get count(): number {
    return this.#running.length;
  }

  start(order: ActionOrder): void {
    const [kind = '', job = ''] = order.ticket.split(' ');
    if (kind === 'job') this.starts.set(job, (this.starts.get(job) ?? 0) + 1);
    if (kind === 'job' && order.call.path === 'sim:beat' && this.#isBeating()) this.overlaps += 1;
    this.#running.push({ order, startedAt: this.#now() });
  }

  /** The one that has run for longest, which is over now. */
  take(): ActionOrder | null {
    return this.#running.shift()?.order ?? null;
  }

  loseAll(): void {
    this.#running = [];
  }

  #isBeating(): boolean {
    const other = this.#running.find(({ order }) => order.call.path === 'sim:beat');
    return other !== undefined && this.#now() - other.startedAt < actionLife;
  }
}
