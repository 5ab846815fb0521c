import { BetterBaseError } from '@betterbase/core';
import type { Cipher } from '@betterbase/providers/cipher';
import type { EnvironmentStore } from './environment-store.ts';
import { checkChange } from './environment-limits.ts';

/** What is told of a value: never the value. */
export interface ValueEntry {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

export interface EnvironmentChange {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

export interface EnvironmentParts {
  readonly store: EnvironmentStore;
  /** Null where the installation has no `ENCRYPTION_KEY`. */
  readonly cipher: Cipher | null;
  readonly now: () => number;
}

export interface OpenEnvironment {
  readonly revision: number;
  readonly values: Readonly<Record<string, string>>;
}

const empty: OpenEnvironment = { revision: 0, values: {} };

/**
 * The values that a project's functions find in `process.env`.
 *
 * Holds: the values in the clear, once they are opened.
 * Always true: on disk they are sealed, and nothing but the project's own isolates is given them.
 */
export class Environment {
  readonly #parts: EnvironmentParts;
  #current: OpenEnvironment | null = null;

  constructor(parts: EnvironmentParts) {
    this.#parts = parts;
  }

  get revision(): number {
    return this.#current?.revision ?? (this.#parts.store.exists() ? this.#parts.store.revision() : 0);
  }

  /** Certain after `open`. */
  get values(): OpenEnvironment['values'] {
    if (this.#current === null) throw new Error('The environment is asked before it was opened.');
    return this.#current.values;
  }

  list(): readonly ValueEntry[] {
    const { store } = this.#parts;
    return store.exists() ? store.all().map(({ name, updatedAt }) => ({ name, updatedAt })) : [];
  }

  /** @throws BetterBaseError `environment/unreadable`, `environment/no-key` */
  async open(): Promise<void> {
    this.#current ??= await this.#read();
  }

  /** @throws BetterBaseError `environment/bad-name`, `environment/too-large`, `environment/no-key` */
  async change({ set, unset }: EnvironmentChange): Promise<void> {
    const { store, now } = this.#parts;
    store.open();
    const stored = store.all();
    const gone = new Set([...unset, ...Object.keys(set)]);
    checkChange(
      set,
      stored.filter(({ name }) => !gone.has(name)),
    );
    const updatedAt = now();
    const names = Object.keys(set);
    const cipher = names.length === 0 ? null : this.#cipher();
    const sealed = cipher === null ? [] : await Promise.all(names.map((name) => cipher.seal(set[name] ?? '', name)));
    store.change({ set: names.map((name, at) => ({ name, sealed: sealed[at] ?? '', updatedAt })), unset });
    this.#current = null;
  }

  async #read(): Promise<OpenEnvironment> {
    const { store } = this.#parts;
    if (!store.exists()) return empty;
    const revision = store.revision();
    const stored = store.all();
    if (stored.length === 0) return { revision, values: {} };
    const cipher = this.#cipher();
    const values = await Promise.all(
      stored.map(async ({ name, sealed }) => {
        try {
          return [name, await cipher.open(sealed, name)] as const;
        } catch (cause) {
          throw new BetterBaseError('environment/unreadable', `The environment value \`${name}\` cannot be decrypted.`, {
            hint: 'The secret ENCRYPTION_KEY is not the one it was set with: put that one back, or set the value again with `bb env set`.',
            cause,
          });
        }
      }),
    );
    return { revision, values: Object.fromEntries(values) };
  }

  #cipher(): Cipher {
    const { cipher } = this.#parts;
    if (cipher !== null) return cipher;
    throw new BetterBaseError('environment/no-key', 'This installation has no key to encrypt environment values with.', {
      hint: 'Set the secret: `openssl rand -base64 32 | wrangler secret put ENCRYPTION_KEY`. `npm run deploy` does it by itself.',
    });
  }
}
