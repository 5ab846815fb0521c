import type { Alarm } from './alarm.ts';
import { number, type SqlDisk } from './sql-disk.ts';

export interface AlarmHandsParts {
  readonly alarm: Alarm;
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** What is due has come. Returns when everything is done. */
  readonly work: () => Promise<void>;
  /** Says something to those who must hear of us often. Returns false when there is nobody. */
  readonly keepAlive: () => boolean;
}

/** Convex's clients give up after a minute in which they hear nothing, ms. */
const pulse = 45_000;
/** An alarm that rings so much too early is the pulse's all the same, ms. */
const slack = 1_000;

/**
 * The one alarm of the platform with two hands: for what is due, and for keeping clients' sockets alive.
 *
 * Holds: on disk, and only while sockets are kept alive, when each hand is due, so that an object woken for a ping knows that
 * nothing else is to be done, and leaves the engine asleep.
 * Always true: the platform's alarm is not later than either hand.
 */
export class AlarmHands implements Alarm {
  readonly #parts: AlarmHandsParts;
  #isRead = false;
  /** Null while nobody is kept alive. */
  #pulseAt: number | null = null;
  /** Of what is due. While nobody is kept alive the platform's alarm says it. */
  #workAt: number | null = null;

  constructor(parts: AlarmHandsParts) {
    this.#parts = parts;
  }

  /** When what is due rings. */
  async get(): Promise<number | null> {
    this.#read();
    return this.#pulseAt === null ? await this.#parts.alarm.get() : this.#workAt;
  }

  async set(at: number): Promise<void> {
    this.#read();
    if (this.#pulseAt !== null) this.#move('work', at);
    await this.#arm(at);
  }

  /** Somebody is to be kept alive from now on. */
  async beat(): Promise<void> {
    this.#read();
    if (this.#pulseAt !== null) return;
    const { alarm, disk, now } = this.#parts;
    disk.rows('CREATE TABLE IF NOT EXISTS alarm_hands (hand TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID');
    this.#move('pulse', now() + pulse);
    const current = await alarm.get();
    if (current !== null && (this.#workAt === null || current < this.#workAt)) this.#move('work', current);
    await this.#arm(null);
  }

  /** The platform's alarm rings. */
  async ring(): Promise<void> {
    const { work, now, keepAlive } = this.#parts;
    this.#read();
    if (this.#pulseAt === null) return await work();
    if (this.#pulseAt <= now() + slack) this.#move('pulse', keepAlive() ? now() + pulse : null);
    if (this.#workAt !== null && this.#workAt <= now()) {
      // It stays on disk until it is done: an alarm that is cut off rings again.
      this.#workAt = null;
      await work();
      if (this.#workAt === null) this.#move('work', null);
    }
    await this.#arm(null);
    if (this.#pulseAt === null) this.#move('work', null);
  }

  /** Moves a hand, on disk too. */
  #move(hand: 'work' | 'pulse', at: number | null): void {
    if (hand === 'work') this.#workAt = at;
    else this.#pulseAt = at;
    const { disk } = this.#parts;
    if (at === null) disk.rows('DELETE FROM alarm_hands WHERE hand = ?', hand);
    else disk.rows('INSERT INTO alarm_hands (hand, at) VALUES (?, ?) ON CONFLICT (hand) DO UPDATE SET at = excluded.at', hand, at);
  }

  /** Has the platform ring for whichever hand is first. */
  async #arm(at: number | null): Promise<void> {
    const times = [at, this.#workAt, this.#pulseAt].filter((time) => time !== null);
    if (times.length > 0) await this.#parts.alarm.set(Math.min(...times));
  }

  #read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const { disk } = this.#parts;
    if (disk.rows("SELECT 1 FROM sqlite_master WHERE name = 'alarm_hands'").length === 0) return;
    for (const [hand, at] of disk.rows('SELECT hand, at FROM alarm_hands')) {
      if (hand === 'work') this.#workAt = number(at);
      else this.#pulseAt = number(at);
    }
  }
}
