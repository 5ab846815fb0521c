/**
 * Notices that the runtime has stopped answering.
 *
 * Counts its own ticks instead of reading a clock: on a machine so busy that nobody gets to run, ticks come late too, and a
 * runtime that merely waits for its turn is not taken for a hung one.
 */
export interface WatchdogSettings {
  /** Resolves when the runtime answers. May reject or never settle. */
  readonly probe: () => Promise<unknown>;
  /** Half of the patience is gone: time to prepare for the worst. */
  readonly onDoubt: () => void;
  readonly onSilence: () => void;
  /** Between probes, ms. */
  readonly interval: number;
  /** So many probes in a row without an answer are a hang. */
  readonly patience: number;
}

export class Watchdog {
  readonly #settings: WatchdogSettings;
  readonly #timer: NodeJS.Timeout;
  #unanswered = 0;
  #isStopped = false;

  constructor(settings: WatchdogSettings) {
    this.#settings = settings;
    this.#timer = setInterval(() => this.#tick(), settings.interval);
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  #tick(): void {
    if (this.#unanswered >= this.#settings.patience) {
      this.stop();
      this.#settings.onSilence();
      return;
    }
    this.#unanswered += 1;
    if (this.#unanswered === Math.ceil(this.#settings.patience / 2) + 1) this.#settings.onDoubt();
    this.#settings.probe().then(
      () => this.#answered(),
      // No answer is what is being counted; why there was none does not matter here.
      () => {},
    );
  }

  #answered(): void {
    if (!this.#isStopped) this.#unanswered = 0;
  }
}
