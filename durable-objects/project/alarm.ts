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
 * Always true: it is armed only while there is something to do; it is never moved to a later time; ringing never throws,
 * because the platform drops an alarm that failed six times.
 */
export class GuardAlarm {
  readonly #parts: GuardAlarmParts;
  /** The earliest time asked for since it last rang. */
  #wanted: number | null = null;
  #armedAt: number | null = null;
  #tail: Promise<void> = Promise.resolve();

  constructor(parts: GuardAlarmParts) {
    this.#parts = parts;
  }

  /** When it will ring, whatever happens to this process. Null if it will not, or if that is not known. */
  get armedAt(): number | null {
    return this.#armedAt;
  }

  /** There is something to do by then; an alarm that rings earlier is left as it is. */
  ensure(at: number): void {
    if (this.#wanted !== null && this.#wanted <= at) return;
    void this.#armOrTell(at);
  }

  /** As `ensure`; when it returns the alarm is armed. @throws when it cannot be. */
  async guard(at: number): Promise<void> {
    if (this.#armedAt !== null && this.#armedAt <= at) return;
    await this.#arm(at);
  }

  async ring(): Promise<void> {
    const { now, work } = this.#parts;
    this.#wanted = null;
    this.#armedAt = null;
    let next: number | null;
    try {
      next = await work();
    } catch (failure) {
      console.error(JSON.stringify({ level: 'error', message: 'The alarm’s work failed.', failure: String(failure) }));
      next = now() + retryDelay;
    }
    if (next !== null) await this.#armOrTell(next);
  }

  async #armOrTell(at: number): Promise<void> {
    try {
      await this.#arm(at);
    } catch (failure) {
      this.#wanted = null;
      console.error(JSON.stringify({ level: 'error', message: 'The alarm could not be set.', failure: String(failure) }));
    }
  }

  /** One after the other: between asking for the alarm and setting it nobody else may set it. */
  #arm(at: number): Promise<void> {
    this.#wanted = Math.min(at, this.#wanted ?? at);
    const armed = this.#tail.then(async () => {
      const { alarm } = this.#parts;
      const current = this.#armedAt ?? (await alarm.get());
      const isEarly = current !== null && current <= at;
      if (!isEarly) await alarm.set(at);
      this.#armedAt = isEarly ? current : at;
    });
    this.#tail = armed.catch(() => {});
    return armed;
  }
}

/** Of two times, either of which may be none. */
export function earliest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
