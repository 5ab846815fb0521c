import type { CallLog } from '@betterbase/protocol';

const mostEntries = 1_000;
/** Of what functions printed, in all entries together. */
const mostCharacters = 2 * 1024 * 1024;
/** A follower that is further behind than this is let go. */
const mostBehind = 4 * 1024 * 1024;

const encoder = new TextEncoder();

/**
 * The newest calls.
 *
 * Holds: a bounded list in memory, and the streams that follow it.
 * Always true: sequences grow by one, also past those of an earlier life.
 */
export class Logs {
  #entries: CallLog[] = [];
  #first = 0;
  #characters = 0;
  #sequence: number;
  readonly #followers = new Set<ReadableByteStreamController>();

  /** `now`: ms since 1970, from which on an earlier life cannot have counted. */
  constructor(now: number) {
    this.#sequence = now * 1_000;
  }

  add(entry: Omit<CallLog, 'sequence'>): void {
    this.#sequence += 1;
    const log: CallLog = { sequence: this.#sequence, ...entry };
    this.#entries.push(log);
    this.#characters += charactersOf(log);
    this.#trim();
    if (this.#followers.size === 0) return;
    const line = encodeLine(log);
    for (const follower of this.#followers) this.#tell(follower, line);
  }

  /** NDJSON of what is kept above `after`; with `follow` it goes on until it is cancelled. */
  read(after: number, follow: boolean): ReadableStream<Uint8Array> {
    const kept = this.#entries.slice(this.#first).filter(({ sequence }) => sequence > after);
    let own: ReadableByteStreamController | null = null;
    return new ReadableStream({
      type: 'bytes',
      start: (controller) => {
        for (const log of kept) controller.enqueue(encodeLine(log));
        if (!follow) return controller.close();
        own = controller;
        this.#followers.add(controller);
      },
      cancel: () => {
        if (own !== null) this.#followers.delete(own);
      },
    });
  }

  #tell(follower: ReadableByteStreamController, line: Uint8Array): void {
    try {
      if ((follower.desiredSize ?? 0) < -mostBehind) {
        this.#followers.delete(follower);
        follower.close();
        return;
      }
      // A byte stream takes its chunk's memory away, so each follower gets its own.
      follower.enqueue(line.slice());
    } catch {
      // The reader is gone without having cancelled; there is nobody left to tell.
      this.#followers.delete(follower);
    }
  }

  #trim(): void {
    while (this.#entries.length - this.#first > mostEntries || this.#characters > mostCharacters) {
      const oldest = this.#entries[this.#first];
      if (oldest === undefined) return;
      this.#characters -= charactersOf(oldest);
      this.#first += 1;
    }
    // Removing from the front one by one would move all others each time.
    if (this.#first < mostEntries) return;
    this.#entries = this.#entries.slice(this.#first);
    this.#first = 0;
  }
}

function encodeLine(log: CallLog): Uint8Array {
  return encoder.encode(`${JSON.stringify(log)}\n`);
}

function charactersOf({ lines, stack, error }: CallLog): number {
  let characters = (stack?.length ?? 0) + (error?.message.length ?? 0);
  for (const { text } of lines) characters += text.length;
  return characters;
}
