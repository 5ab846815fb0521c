/** Runs what is due in an engine, the way the switchboard does, at times that a test chooses. */
import type { FunctionCall, OperationResult } from '@betterbase/engine';
import type { TestEngine } from './test-engine.ts';

export class JobDriver {
  readonly ran: { readonly path: string; readonly ok: boolean; readonly at: number }[] = [];
  readonly started: FunctionCall[] = [];
  readonly #engine: TestEngine;
  readonly #clock: { now: number };

  constructor(engine: TestEngine, clock: { now: number }) {
    this.#engine = engine;
    this.#clock = clock;
  }

  /** When the engine wants to be woken. */
  async wakeAt(): Promise<number | null> {
    return (await this.#engine.engine.status()).wakeAt;
  }

  /** Runs everything that is due now, once. */
  async runDue(): Promise<void> {
    for (const job of await this.due()) await this.runJob(job);
  }

  async due(): Promise<readonly string[]> {
    const [result] = (await this.#engine.turn([{ do: 'jobs' }])).results;
    return result?.do === 'jobs' ? result.due : [];
  }

  async runJob(job: string): Promise<OperationResult | undefined> {
    const [result] = (await this.#engine.turn([{ do: 'job', job, requestId: `job ${job}` }])).results;
    if (result?.do === 'job' && result.run !== null)
      this.ran.push({ path: result.run.call.path, ok: result.run.outcome.ok, at: this.#clock.now });
    if (result?.do === 'job' && result.start !== null) this.started.push(result.start);
    return result;
  }

  async finish(job: string, error: string | null): Promise<void> {
    await this.#engine.turn([{ do: 'job-finished', job, error }]);
  }

  /** Lets time pass; the engine is woken when it asked for it. */
  async pass(milliseconds: number): Promise<void> {
    const until = this.#clock.now + milliseconds;
    for (;;) {
      const at = await this.wakeAt();
      if (at === null || at > until) break;
      this.#clock.now = Math.max(this.#clock.now, at);
      await this.runDue();
    }
    this.#clock.now = until;
  }
}
