/** Chance that can be had again: the same seed gives the same sequence everywhere. */
export class Seeded {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed >>> 0;
  }

  /** At least 0, below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b_79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  }

  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[this.below(items.length)] ?? items[0];
  }

  /** As `pick`, where only the caller can know that there is something. @throws RangeError when there is not. */
  pickAny<T>(items: readonly T[]): T {
    const index = this.below(items.length);
    if (index >= items.length) throw new RangeError('There is nothing to pick from.');
    return items[index] as T;
  }

  shuffled<T>(items: readonly T[]): T[] {
    const keyed = items.map((item) => ({ item, at: this.next() }));
    return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  many<T>(atMost: number, make: (position: number) => T): T[] {
    return Array.from({ length: this.below(atMost + 1) }, (_, position) => make(position));
  }
}

/** Runs `body` once for each of `runs` seeds; a failure names its seed. */
export async function forEachSeed(runs: number, body: (random: Seeded) => void | Promise<void>, first = 1): Promise<void> {
  for (let seed = first; seed < first + runs; seed++) {
    try {
      await body(new Seeded(seed));
    } catch (cause) {
      throw new Error(`Failed with seed ${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    }
  }
}

/** The seeds of a simulation: `count` from 1 on, or only the one that the environment variable SEED names. */
export function seeds(count: number): readonly number[] {
  const only = process.env['SEED'];
  return only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)];
}
