import type { ActionResult, FunctionCall, OperationResult } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { GuardAlarm } from './alarm.ts';
import type { FinishedRun } from './turns/inbox.ts';
import type { TaskWork } from './turns/work.ts';

/** Nothing rings sooner than this for the sake of a guard alone, so that one alarm guards many mutations, ms. */
const guardDelay = 20_000;
/** How long after the engine was not there its jobs are tried again, ms. */
const retryDelay = 30_000;
/** An engine that says something is due, and finds nothing, is asked again so often at once: it may be forgetting what is old. */
const mostEmptyLooks = 100;
/** An alarm that rang goes on for at most so long; then another takes over, ms. */
const longestRing = 10_000;

export interface JobsParts {
  readonly alarm: GuardAlarm;
  readonly now: () => number;
  /** Whether nothing is to run, however long it has been due. */
  readonly isPaused: () => boolean;
  readonly newRequest: () => string;
  readonly add: (work: TaskWork) => void;
  /** A job that is a mutation ran. */
  readonly onRun: (run: FinishedRun) => void;
  /** Starts an action that is a job, as nobody waits for it. */
  readonly startAction: (job: string, call: FunctionCall) => void;
}

/**
 * Sees to it that jobs run when they are due.
 *
 * Holds: which jobs are on their way to the engine, and when it next wants to be woken.
 * Does not hold: jobs; they are in the engine's database.
 * Always true: while the engine has something to do later, the platform's alarm stands, or is ringing, or nothing is to run.
 */
export class Jobs {
  readonly #parts: JobsParts;
  readonly #running = new Set<string>();
  #wakeAt: number | null = null;
  #looking: Promise<void> | null = null;
  #isRinging = false;
  #isStuck = false;
  /** What was due when it was last looked for: if that does not change, looking again at once does not help. */
  #lastDue: string | null = null;
  #emptyLooks = 0;

  constructor(parts: JobsParts) {
    this.#parts = parts;
  }

  get armedAt(): number | null {
    return this.#parts.alarm.armedAt;
  }

  /** The engine is about to commit a job that is due then: from now on the alarm will see it, whatever happens. */
  async guard(due: number): Promise<void> {
    const { alarm, now } = this.#parts;
    await alarm.guard(Math.max(due, now() + guardDelay));
  }

  /** The engine said when it has something to do next. */
  wantedAt(wakeAt: number | null): void {
    this.#wakeAt = wakeAt;
    const { alarm, now, isPaused } = this.#parts;
    if (wakeAt === null || isPaused()) return;
    if (!this.#isDue) return alarm.ensure(wakeAt);
    if (this.#isRinging) return;
    alarm.ensure(now() + guardDelay);
    void this.#look();
  }

  /** The alarm rings: runs what is due. Returns when it is to ring again. */
  async ring(): Promise<number | null> {
    const { now, isPaused } = this.#parts;
    if (isPaused()) return null;
    const until = now() + longestRing;
    this.#isRinging = true;
    try {
      do await this.#look();
      while (this.#isDue && !this.#isStuck && !isPaused() && now() < until);
    } finally {
      this.#isRinging = false;
    }
    if (isPaused()) return null;
    if (!this.#isDue) return this.#wakeAt;
    return now() + (this.#isStuck ? retryDelay : 0);
  }

  /** Runs what is due, however long it has been. */
  look(): void {
    void this.#look();
  }

  actionFinished(job: string, { outcome }: Pick<ActionResult, 'outcome'>): void {
    void this.#send({ do: 'job-finished', job, error: outcome.ok ? null : outcome.error.message });
  }

  get #isDue(): boolean {
    return this.#wakeAt !== null && this.#wakeAt <= this.#parts.now();
  }

  #look(): Promise<void> {
    this.#looking ??= this.#runDue().finally(() => {
      this.#looking = null;
      if (this.#isDue && !this.#isRinging && !this.#isStuck && !this.#parts.isPaused()) void this.#look();
    });
    return this.#looking;
  }

  /** Never fails: what the engine cannot do now, it is asked for again later. */
  async #runDue(): Promise<void> {
    const found = await this.#send({ do: 'jobs' });
    if (found?.do !== 'jobs') return;
    const due = found.due.join();
    this.#emptyLooks = due === '' && this.#isDue ? this.#emptyLooks + 1 : 0;
    this.#isStuck = due === '' ? this.#emptyLooks > mostEmptyLooks : due === this.#lastDue;
    this.#lastDue = due;
    await Promise.all(found.due.map((job) => this.#run(job)));
  }

  async #run(job: string): Promise<void> {
    if (this.#running.has(job)) return;
    this.#running.add(job);
    try {
      const result = await this.#send({ do: 'job', job, requestId: this.#parts.newRequest() });
      if (result?.do !== 'job') return;
      const { run, start } = result;
      if (run !== null) this.#parts.onRun({ kind: 'mutation', ...run, isJob: true });
      if (start !== null) this.#parts.startAction(job, start);
    } finally {
      this.#running.delete(job);
    }
  }

  /** Null when the engine is not there. */
  #send(operation: TaskWork['operation']): Promise<OperationResult | null> {
    return new Promise((resolve) => {
      const refuse = (_error: WireError): void => {
        this.#wakeAt = null;
        this.#parts.alarm.ensure(this.#parts.now() + retryDelay);
        resolve(null);
      };
      try {
        this.#parts.add({ do: 'task', operation, settle: resolve, refuse });
      } catch {
        // The line is full; the alarm asks again.
        refuse({ code: 'limit/overloaded', message: '' });
      }
    });
  }
}
