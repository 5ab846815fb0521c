import type { Alarm } from '../../alarm.ts';
import type { Stop, Timer } from '../../timer.ts';

/** More than this at one moment, and time does not pass any more. */
const mostAtOnce = 400;

export interface VirtualTimeParts {
  /** Everything that can happen without time passing has happened when it returns. */
  readonly settle: () => Promise<void>;
  /** The platform's alarm rings. Resolves when the work is done; never, if the process is lost. */
  readonly ring: () => Promise<void>;
}

/**
 * Time that passes when the simulation says so, the timers of the process, and the platform's alarm, which outlives it.
 *
 * Always true: an alarm whose work is lost rings again, as the platform promises.
 */
export class VirtualTime implements Timer {
  readonly #parts: VirtualTimeParts;
  /** Goes on evenly; what the process reads may be wrong by `skew`. */
  #time = 1_700_000_000_000;
  #skew = 0;
  #pending: { readonly at: number; readonly act: () => void }[] = [];
  #alarmAt: number | null = null;
  #isRinging = false;

  constructor(parts: VirtualTimeParts) {
    this.#parts = parts;
  }

  readonly now = (): number => this.#time + this.#skew;

  /** ms that have passed, which no clock that is set changes. */
  get elapsed(): number {
    return this.#time;
  }

  readonly alarm: Alarm = {
    get: async () => this.#alarmAt,
    set: async (at) => {
      this.#alarmAt = at;
    },
  };

  after(milliseconds: number, act: () => void): Stop {
    const entry = { at: this.#time + milliseconds, act };
    this.#pending.push(entry);
    return () => {
      this.#pending = this.#pending.filter((each) => each !== entry);
    };
  }

  /** The process is lost, and its timers with it. */
  processLost(): void {
    this.#pending = [];
    if (!this.#isRinging) return;
    this.#isRinging = false;
    const again = this.now() + 2_000;
    this.#alarmAt = Math.min(this.#alarmAt ?? again, again);
  }

  /** The clock is set forward or back; nothing that was waiting notices. */
  jump(milliseconds: number): void {
    this.#skew += milliseconds;
  }

  async pass(milliseconds: number): Promise<void> {
    const until = this.#time + milliseconds;
    let atOnce = 0;
    for (;;) {
      const timer = this.#pending.reduce<{ readonly at: number; readonly act: () => void } | null>(
        (first, each) => (each.at <= until && (first === null || each.at < first.at) ? each : first),
        null,
      );
      const alarm = this.#alarmAt === null || this.#isRinging ? Number.POSITIVE_INFINITY : this.#alarmAt - this.#skew;
      const next = Math.max(this.#time, Math.min(timer?.at ?? Number.POSITIVE_INFINITY, alarm));
      if (next > until) break;
      atOnce = next === this.#time ? atOnce + 1 : 0;
      if (atOnce > mostAtOnce) throw new Error('Time stands still: timers and alarms never come to rest.');
      this.#time = next;
      if (timer !== null && timer.at <= alarm) {
        this.#pending = this.#pending.filter((each) => each !== timer);
        timer.act();
      } else this.#ring();
      await this.#parts.settle();
    }
    this.#time = until;
  }

  #ring(): void {
    this.#alarmAt = null;
    this.#isRinging = true;
    void this.#parts.ring().then(() => {
      this.#isRinging = false;
    });
  }
}
