import type { RowAnswer, RowOperation } from '@betterbase/providers/rows';
import type { Cipher } from '../environment/cipher.ts';
import type { SqlDisk } from '../sql-disk.ts';
import { toWireError } from '../wire-errors.ts';
import type { Checked } from '../project-door.ts';
import { doUserRows } from './user-rows.ts';
import { UserSecret } from './user-secret.ts';
import { openUserTables } from './user-tables.ts';
import type { UsersContext } from './users-context.ts';

export interface ProjectUsersParts {
  readonly project: string;
  readonly disk: SqlDisk;
  readonly cipher: Cipher | null;
  readonly newSecret: () => string;
}

/**
 * The people who sign in to the project.
 *
 * Holds: their accounts and sessions, in tables of the switchboard's own, where no project code can reach them.
 * Does not hold: how somebody signs in, which is found out elsewhere (`workers/auth`), one operation on rows at a time.
 */
export class ProjectUsers {
  readonly #parts: ProjectUsersParts;
  readonly #secret: UserSecret;
  #isOpen = false;

  constructor(parts: ProjectUsersParts) {
    this.#parts = parts;
    this.#secret = new UserSecret(parts);
  }

  async context(): Promise<Checked<{ readonly context: UsersContext }>> {
    try {
      this.#open();
      return { ok: true, context: { project: this.#parts.project, secret: await this.#secret.reveal() } };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  /** @throws Error for what is no operation on the users' tables */
  rows(operation: RowOperation): RowAnswer {
    this.#open();
    return doUserRows(this.#parts.disk, operation);
  }

  #open(): void {
    if (this.#isOpen) return;
    openUserTables(this.#parts.disk);
    this.#isOpen = true;
  }
}
