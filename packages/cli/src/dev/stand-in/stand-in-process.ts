/** One run of a stand-in: a child process. A new start is a new object. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { BetterBaseError } from '@betterbase/core';
import { killTree } from '../kill-tree.ts';
import type { FromStandIn, StandInAddress, StandInStart, ToStandIn } from './stand-in-messages.ts';

export interface StandInListener {
  line(text: string): void;
  /** Called once, when a serving stand-in has ended and nobody asked for it. */
  died(): void;
}

const script = join(import.meta.dirname, 'stand-in-child.ts');
const patienceWithStop = 3000;

export class StandInProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #isExpectedToLive = false;

  constructor(listener: StandInListener) {
    // A group of its own, so that Ctrl-C ends it after the platform, which still has things to put away in it.
    this.#child = spawn(process.execPath, [script], { detached: true, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => listener.line(String(chunk).trimEnd()));
    this.#ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', () => resolve());
    });
    void this.#ended.then(() => {
      if (this.#isExpectedToLive) listener.died();
      this.#isExpectedToLive = false;
    });
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
    this.#isExpectedToLive = true;
    return settled;
  }

  /** At once. */
  kill(): void {
    this.#isExpectedToLive = false;
    if (this.#child.pid !== undefined) killTree(this.#child.pid);
  }

  async stop(): Promise<void> {
    this.#isExpectedToLive = false;
    this.#send({ type: 'stop' });
    const timer = setTimeout(() => this.kill(), patienceWithStop);
    await this.#ended;
    clearTimeout(timer);
  }

  async #ask(start: StandInStart): Promise<FromStandIn> {
    const answered = new Promise<FromStandIn>((resolve) => {
      this.#child.once('message', (message: FromStandIn) => resolve(message));
    });
    this.#send({ type: 'start', start });
    const ended = this.#ended.then(
      (): FromStandIn => ({ type: 'failed', message: 'It ended before it was ready.', hint: 'Start `bb dev` again.', isPortTaken: false }),
    );
    return Promise.race([answered, ended]);
  }

  #send(message: ToStandIn): void {
    if (this.#child.connected) this.#child.send(message);
  }
}
