import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { OwnChild } from '../own-child.ts';
import type { FromStandIn, StandInAddress, StandInStart, ToStandIn } from './stand-in-messages.ts';

export interface StandInListener {
  line(text: string): void;
  /** Called once, when a serving stand-in has ended and nobody asked for it. */
  died(): void;
}

const script = join(import.meta.dirname, 'stand-in-child.ts');

/** One run of a stand-in: a child process, which ends after the platform, because that still has things to put away in it. */
export class StandInProcess {
  readonly #child = new OwnChild<FromStandIn, ToStandIn>(script);

  constructor(listener: StandInListener) {
    this.#child.onPrinted((text) => listener.line(text));
    this.#child.onDied(() => listener.died());
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Serves from now on, at another port if the wanted one is taken.
   *
   * @throws BetterBaseError `dev/runtime-failed`
   */
  async serve(start: StandInStart): Promise<StandInAddress> {
    const answer = await this.#ask(start);
    const settled = answer.type === 'failed' && answer.isPortTaken && start.port !== 0 ? await this.#ask({ ...start, port: 0 }) : answer;
    if (settled.type === 'failed') {
      this.kill();
      throw new BetterBaseError('dev/runtime-failed', `The stand-in for ${start.type} does not start: ${settled.message}`, {
        hint: settled.hint,
      });
    }
    this.#child.serves();
    return settled;
  }

  /** At once. */
  kill(): void {
    this.#child.kill();
  }

  stop(): Promise<void> {
    return this.#child.stop({ type: 'stop' });
  }

  async #ask(start: StandInStart): Promise<FromStandIn> {
    const answered = new Promise<FromStandIn>((resolve) => this.#child.onMessage(resolve));
    this.#child.send({ type: 'start', start });
    const ended = this.#child.ended.then(
      (): FromStandIn => ({ type: 'failed', message: 'It ended before it was ready.', hint: 'Start `bb dev` again.', isPortTaken: false }),
    );
    return Promise.race([answered, ended]);
  }
}
