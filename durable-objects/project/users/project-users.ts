import type { RowAnswer, RowOperation } from '@betterbase/providers/rows';
import type { Cipher } from '../environment/cipher.ts';
import type { SqlDisk } from '../sql-disk.ts';
import { toWireError } from '../wire-errors.ts';
import type { Checked } from '../project-door.ts';
import type { AuthProvider } from '@betterbase/core';
import { LiveSessions } from './live-sessions.ts';
import { issuerOf, ownIssuer } from './own-issuer.ts';
import { doUserRows } from './user-rows.ts';
import { UserSecret } from './user-secret.ts';
import { hasUserTables, openUserTables } from './user-tables.ts';
import type { UsersContext } from './users-context.ts';

export interface ProjectUsersParts {
  readonly project: string;
  readonly disk: SqlDisk;
  readonly cipher: Cipher | null;
  readonly newSecret: () => string;
  readonly now: () => number;
  /** A session of this user has ended, or the user must not go on. */
  readonly ended: (user: string) => void;
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
  readonly #sessions: LiveSessions;
  #isOpen = false;
  #issuer: AuthProvider | null | undefined;

  constructor(parts: ProjectUsersParts) {
    this.#parts = parts;
    this.#secret = new UserSecret(parts);
    this.#sessions = new LiveSessions(parts);
  }

  /** Whose tokens speak for the project's users; null while nobody has signed in. The same until its keys change. */
  get issuer(): AuthProvider | null {
    const { disk, project, now } = this.#parts;
    if (this.#issuer === undefined) this.#issuer = hasUserTables(disk) ? ownIssuer(disk, project, now()) : null;
    return this.#issuer;
  }

  /** Whether this session of this user goes on. */
  isAlive(session: string, user: string): boolean {
    this.#open();
    return this.#sessions.isAlive(session, user);
  }

  async context(): Promise<Checked<{ readonly context: UsersContext }>> {
    try {
      this.#open();
      const { project } = this.#parts;
      return { ok: true, context: { project, issuer: issuerOf(project), secret: await this.#secret.reveal() } };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  /** @throws Error for what is no operation on the users' tables */
  rows(operation: RowOperation): RowAnswer {
    this.#open();
    const answer = doUserRows(this.#parts.disk, operation);
    if (operation.table === 'jwks') this.#issuer = undefined;
    this.#sessions.written(operation, answer);
    return answer;
  }

  #open(): void {
    if (this.#isOpen) return;
    openUserTables(this.#parts.disk);
    this.#isOpen = true;
  }
}
