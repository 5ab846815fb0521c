import { BetterBaseError } from '@betterbase/core';
import type { Cipher } from '../environment/cipher.ts';
import { type SqlDisk, text } from '../sql-disk.ts';

const label = 'secret';

export interface UserSecretParts {
  readonly disk: SqlDisk;
  /** Null where the installation has no `ENCRYPTION_KEY`. */
  readonly cipher: Cipher | null;
  readonly newSecret: () => string;
}

/**
 * What a project's sessions are signed with, and its keys are encrypted with.
 *
 * Always true: on disk it is sealed; it is made once, when somebody first signs in.
 */
export class UserSecret {
  readonly #parts: UserSecretParts;
  #open: Promise<string> | null = null;

  constructor(parts: UserSecretParts) {
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

  async #reveal(): Promise<string> {
    const { disk, newSecret } = this.#parts;
    const cipher = this.#cipher();
    disk.rows('CREATE TABLE IF NOT EXISTS auth_secret (only INTEGER PRIMARY KEY CHECK (only = 1), sealed TEXT NOT NULL)');
    const sealed = this.#sealed();
    if (sealed !== null) return await open(cipher, sealed);
    const made = newSecret();
    disk.rows('INSERT OR IGNORE INTO auth_secret (only, sealed) VALUES (1, ?)', await cipher.seal(made, label));
    return made;
  }

  #sealed(): string | null {
    const row = this.#parts.disk.rows('SELECT sealed FROM auth_secret')[0];
    return row === undefined ? null : text(row[0]);
  }

  #cipher(): Cipher {
    const { cipher } = this.#parts;
    if (cipher !== null) return cipher;
    throw new BetterBaseError('environment/no-key', 'This installation has no key to encrypt what signing in depends on.', {
      hint: 'Set the secret: `openssl rand -base64 32 | wrangler secret put ENCRYPTION_KEY`. `npm run deploy` does it by itself.',
    });
  }
}

async function open(cipher: Cipher, sealed: string): Promise<string> {
  try {
    return await cipher.open(sealed, label);
  } catch (cause) {
    throw new BetterBaseError('environment/unreadable', 'What signing in depends on cannot be decrypted.', {
      hint: 'The secret ENCRYPTION_KEY is not the one it was made with: put that one back.',
      cause,
    });
  }
}
