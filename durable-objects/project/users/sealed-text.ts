import { BetterBaseError } from '@betterbase/core';
import type { Cipher } from '@betterbase/providers/cipher';
import { type SqlDisk, text } from '../sql-disk.ts';

export interface SealedTextParts {
  readonly disk: SqlDisk;
  /** Null where the installation has no `ENCRYPTION_KEY`. */
  readonly cipher: Cipher | null;
  /** What it is; no other text of the project is called so. */
  readonly name: string;
  readonly initial: () => string;
}

/**
 * A text that signing in depends on.
 *
 * Always true: on disk it is sealed; what it is at first is made once.
 */
export class SealedText {
  readonly #parts: SealedTextParts;
  #open: Promise<string> | null = null;

  constructor(parts: SealedTextParts) {
    this.#parts = parts;
  }

  /** @throws BetterBaseError `environment/no-key`, `environment/unreadable` */
  reveal(): Promise<string> {
    this.#open ??= this.#reveal().catch((failure: unknown) => {
      this.#open = null;
      throw failure;
    });
    return this.#open;
  }

  /** @throws BetterBaseError `environment/no-key` */
  async replace(made: string): Promise<void> {
    const { disk, name } = this.#parts;
    const sealed = await this.#cipher().seal(made, name);
    this.#openTable();
    disk.rows('INSERT OR REPLACE INTO auth_sealed (name, sealed) VALUES (?, ?)', name, sealed);
    this.#open = Promise.resolve(made);
  }

  async #reveal(): Promise<string> {
    const { disk, name, initial } = this.#parts;
    const cipher = this.#cipher();
    this.#openTable();
    const [row] = disk.rows('SELECT sealed FROM auth_sealed WHERE name = ?', name);
    if (row !== undefined) return await open(cipher, text(row[0]), name);
    const made = initial();
    disk.rows('INSERT INTO auth_sealed (name, sealed) VALUES (?, ?)', name, await cipher.seal(made, name));
    return made;
  }

  #openTable(): void {
    this.#parts.disk.rows('CREATE TABLE IF NOT EXISTS auth_sealed (name TEXT PRIMARY KEY, sealed TEXT NOT NULL) WITHOUT ROWID');
  }

  #cipher(): Cipher {
    const { cipher } = this.#parts;
    if (cipher !== null) return cipher;
    throw new BetterBaseError('environment/no-key', 'This installation has no key to encrypt what signing in depends on.', {
      hint: 'Set the secret: `openssl rand -base64 32 | wrangler secret put ENCRYPTION_KEY`. `npm run deploy` does it by itself.',
    });
  }
}

async function open(cipher: Cipher, sealed: string, name: string): Promise<string> {
  try {
    return await cipher.open(sealed, name);
  } catch (cause) {
    throw new BetterBaseError('environment/unreadable', 'What signing in depends on cannot be decrypted.', {
      hint: 'The secret ENCRYPTION_KEY is not the one it was made with: put that one back.',
      cause,
    });
  }
}
