import { acknowledgeEvery, maxUnacknowledged, maxUnacknowledgedCharacters } from '@betterbase/protocol';
import type { Pace } from './voice.ts';

/** How long a client may acknowledge nothing while more is to be said, ms. */
const patience = 30_000;
/** A client that reads this many characters a second is never too slow. */
const slowestReading = 32 * 1024;
/** What a client may leave unacknowledged that counts transitions only: more than this endangers the whole object. */
const mostOfUnprompt = 64 * 1024 * 1024;

/**
 * The transitions that one client was sent and has not acknowledged.
 *
 * Holds: how long each of them is, and since when it is waited for the client.
 * Does not hold: the transitions. Frames that are no transition have no version, and are not counted.
 * Always true: while it is waited, no more are sent.
 */
export class Unacknowledged {
  /** Characters of each, oldest first. */
  #lengths: number[] = [];
  #characters = 0;
  #acknowledged: number;
  #waitingSince: number | null = null;
  #isPrompt: boolean;

  /** `version`: the client is there, or on its way. */
  constructor(version: number, isPrompt = false) {
    this.#acknowledged = version;
    this.#isPrompt = isPrompt;
  }

  /** The client acknowledges early enough for the bound in characters. Others would wait for ever, and we for them. */
  get isPrompt(): boolean {
    return this.#isPrompt;
  }

  get isWaiting(): boolean {
    return this.#waitingSince !== null;
  }

  promised(characters: number): void {
    this.#isPrompt = characters <= maxUnacknowledgedCharacters / 2;
  }

  sent(characters: number): void {
    this.#lengths.push(characters);
    this.#characters += characters;
  }

  acknowledged(version: number, now: number): void {
    if (version <= this.#acknowledged) return;
    for (const length of this.#lengths.splice(0, version - this.#acknowledged)) this.#characters -= length;
    this.#acknowledged = version;
    if (this.isWaiting) this.#waitingSince = now;
  }

  pace(now: number): Pace {
    const isLong = this.#characters >= (this.#isPrompt ? maxUnacknowledgedCharacters : mostOfUnprompt);
    if (this.#lengths.length < maxUnacknowledged && !isLong) {
      this.#waitingSince = null;
      return 'ready';
    }
    // It will not acknowledge before it has more of them.
    if (!this.#isPrompt && this.#lengths.length < acknowledgeEvery) return 'too-slow';
    this.#waitingSince ??= now;
    const reading = (this.#characters / slowestReading) * 1000;
    return now - this.#waitingSince > Math.max(patience, reading) ? 'too-slow' : 'waiting';
  }
}
