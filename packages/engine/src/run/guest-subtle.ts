/** What a run is asked when it uses cryptography. */
export interface CryptoRun {
  /** Called when the result depends on chance. */
  readonly onReadClock: () => void;
  /** The run waits for this, and it is sure to settle. */
  readonly waitFor: <T>(promise: Promise<T>) => Promise<T>;
}

/** Their results are made by chance, too. */
const byChance: ReadonlySet<PropertyKey> = new Set(['generateKey', 'sign', 'encrypt', 'wrapKey']);

/**
 * `crypto.subtle` of queries and mutations: the real one, whose results some platforms compute elsewhere. A run may wait for
 * them, unlike for anything else outside: they are sure to come.
 */
export function guestSubtle(host: SubtleCrypto, run: () => CryptoRun | null): SubtleCrypto {
  return new Proxy(host, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(method, target, args);
        const current = run();
        if (current === null || !(answer instanceof Promise)) return answer;
        if (byChance.has(name)) current.onReadClock();
        return current.waitFor(answer);
      };
    },
  });
}
