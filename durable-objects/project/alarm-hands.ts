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
  /** Looks at what may have changed elsewhere. Returns when it is to look again, or null. Absent: it never looks. */
  readonly look?: () => Promise<number | null>;
}

/** Convex's clients give up after a minute in which they hear nothing, ms. */
const pulse = 45_000;
/** An alarm that rings so much too early is a beat's all the same, ms. */
const slack = 1_000;

/** What comes again and again, and does not wake the engine. */
type Beat = 'pulse' | 'look';

/**
 * The one alarm of the platform with three hands: for what is due, for keeping clients' sockets alive, and for looking at a
 * database that others write to.
 *
 * Holds: on disk, and only while anything beats, when each hand is due, so that an object woken for a beat knows that
 * nothing else is to be done, and leaves the engine asleep.
 * Always true: the platform's alarm is not later than any hand.
 */
export class AlarmHands implements Alarm {
  readonly #parts: AlarmHandsParts;
  #isRead = false;
  readonly #beats = new Map<Beat, number>();
  /** Of what is due. While nothing beats the platform's alarm says it. */
  #workAt: number | null = null;

  constructor(parts: AlarmHandsParts) {
    this.#parts = parts;
  }

  /** When what is due rings. */
  async get(): Promise<number | null> {
    this.#read();
    return this.#beats.size === 0 ? await this.#parts.alarm.get() : this.#workAt;
  }

  async set(at: number): Promise<void> {
    this.#read();
    if (this.#beats.size > 0) this.#move('work', at);
    await this.#arm(at);
  }

  /** Somebody is to be kept alive from now on. */
  beat(): Promise<void> {
    return this.#begin('pulse', this.#parts.now() + pulse);
  }

  /** Somebody wants to know of what changes elsewhere: looks at this time, unless it is going to look anyway. */
  lookAt(at: number): Promise<void> {
    return this.#begin('look', at);
  }

  /** The platform's alarm rings. */
  async ring(): Promise<void> {
    const { work, now } = this.#parts;
    this.#read();
    if (this.#beats.size === 0) return await work();
    for (const beat of ['pulse', 'look'] as const) {
      const at = this.#beats.get(beat);
      if (at !== undefined && at <= now() + slack) this.#move(beat, await this.#perform(beat));
    }
    if (this.#workAt !== null && this.#workAt <= now()) {
      // It stays on disk until it is done: an alarm that is cut off rings again.
      this.#workAt = null;
      await work();
      if (this.#workAt === null) this.#move('work', null);
    }
    await this.#arm(null);
    if (this.#beats.size === 0) this.#move('work', null);
  }

  async #perform(beat: Beat): Promise<number | null> {
    const { now, keepAlive, look } = this.#parts;
    if (beat === 'pulse') return keepAlive() ? now() + pulse : null;
    return (await look?.()) ?? null;
  }

  async #begin(beat: Beat, at: number): Promise<void> {
    this.#read();
    if (this.#beats.has(beat)) return;
    const { alarm, disk } = this.#parts;
    disk.rows('CREATE TABLE IF NOT EXISTS alarm_hands (hand TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID');
    const isFirst = this.#beats.size === 0;
    this.#move(beat, at);
    if (isFirst) {
      const current = await alarm.get();
      if (current !== null && (this.#workAt === null || current < this.#workAt)) this.#move('work', current);
    }
    await this.#arm(null);
  }

  /** Moves a hand, on disk too. */
  #move(hand: Beat | 'work', at: number | null): void {
    if (hand === 'work') this.#workAt = at;
    else if (at === null) this.#beats.delete(hand);
    else this.#beats.set(hand, at);
    const { disk } = this.#parts;
    if (at === null) disk.rows('DELETE FROM alarm_hands WHERE hand = ?', hand);
    else disk.rows('INSERT INTO alarm_hands (hand, at) VALUES (?, ?) ON CONFLICT (hand) DO UPDATE SET at = excluded.at', hand, at);
  }

  /** Has the platform ring for whichever hand is first. */
  async #arm(at: number | null): Promise<void> {
    const times = [at, this.#workAt, ...this.#beats.values()].filter((time) => time !== null);
    if (times.length > 0) await this.#parts.alarm.set(Math.min(...times));
  }

  #read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const { disk } = this.#parts;
    if (disk.rows("SELECT 1 FROM sqlite_master WHERE name = 'alarm_hands'").length === 0) return;
    for (const [hand, at] of disk.rows('SELECT hand, at FROM alarm_hands')) {
      if (hand === 'work') this.#workAt = number(at);
      else if (hand === 'pulse' || hand === 'look') this.#beats.set(hand, number(at));
    }
  }
}
