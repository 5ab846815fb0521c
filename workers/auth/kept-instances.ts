/**
 * Instances of better-auth, each made once: that takes longer than most calls.
 *
 * Holds: the newest of each name, and no more than `most` in all. One that could not be made is not kept.
 */
export class KeptInstances<Instance> {
  readonly #most: number;
  readonly #kept = new Map<string, Kept<Instance>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @param version another one means that it must be made anew */
  get(name: string, version: string, make: () => Promise<Instance>): Promise<Instance> {
    const known = this.#kept.get(name);
    this.#kept.delete(name);
    const kept = known?.version === version ? known : this.#made(name, version, make());
    this.#kept.set(name, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return kept.instance;
  }

  #made(name: string, version: string, instance: Promise<Instance>): Kept<Instance> {
    const kept = { version, instance };
    instance.catch(() => {
      if (this.#kept.get(name) === kept) this.#kept.delete(name);
    });
    return kept;
  }
}

interface Kept<Instance> {
  readonly version: string;
  readonly instance: Promise<Instance>;
}
