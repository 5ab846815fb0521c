/** The platform's one alarm of this object. */
export interface Alarm {
  get(): Promise<number | null>;
  set(at: number): Promise<void>;
}

export interface GuardAlarmParts {
  readonly alarm: Alarm;
  readonly now: () => number;
  /** Does what is due. Returns when it wants to be called again, ms since 1970, or null. */
  readonly work: () => Promise<number | null>;
}

/** How long after a failure the work is tried again, ms. */
const retryDelay = 60 * 60 * 1000;

/**
 * Wakes the object when something is due.
 *
 * Always true: it is armed only while there is something to do; ringing never throws, because the platform drops an alarm
 * that failed six times.
 */
export class GuardAlarm {
  readonly #parts: GuardAlarmParts;
  #isArmed = false;

  constructor(parts: GuardAlarmParts) {
    this.#parts = parts;
  }

  /** There is something to do by then; an alarm that rings earlier is left as it is. */
  ensure(at: number): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    void this.#arm(at);
  }

  async ring(): Promise<void> {
    const { now, work } = this.#parts;
    this.#isArmed = false;
    let next: number | null;
    try {
      next = await work();
    } catch (failure) {
      console.error(JSON.stringify({ level: 'error', message: 'The alarm’s work failed.', failure: String(failure) }));
      next = now() + retryDelay;
    }
    if (next === null) return;
    this.#isArmed = true;
    await this.#arm(next);
  }

  async #arm(at: number): Promise<void> {
    const { alarm } = this.#parts;
    try {
      const current = await alarm.get();
      if (current === null || current > at) await alarm.set(at);
    } catch (failure) {
      this.#isArmed = false;
      console.error(JSON.stringify({ level: 'error', message: 'The alarm could not be set.', failure: String(failure) }));
    }
  }
}
