/**
 * Instances of better-auth, each made once: that takes longer than most calls.
 *
 * Holds: the newest of each name, and no more than `most` in all.
 */
export class KeptInstances<Instance> {
  readonly #most: number;
  readonly #kept = new Map<string, { readonly version: string; readonly instance: Instance }>();

  constructor(most: number) {
    this.#most = most;
  }

  /** @param version another one means that it must be made anew */
  get(name: string, version: string, make: () => Instance): Instance {
    const known = this.#kept.get(name);
    this.#kept.delete(name);
    const kept = known?.version === version ? known : { version, instance: make() };
    this.#kept.set(name, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return kept.instance;
  }
}
