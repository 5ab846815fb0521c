import { type AuthProvider, BetterBaseError } from '@betterbase/core';
import { type AuthSettings, defaultAuthSettings } from '@betterbase/protocol/auth';
import type { Attempt } from '@betterbase/providers/lockout';
import type { Row, RowAnswer, RowOperation } from '@betterbase/providers/rows';
import type { Cipher } from '@betterbase/providers/cipher';
import type { Environment } from '../environment/environment.ts';
import type { Checked } from '../checked.ts';
import type { SqlDisk } from '../sql-disk.ts';
import { toWireError } from '../wire-errors.ts';
import { AnonymousUpgrade, isConfirmed } from './anonymous-upgrade.ts';
import { LiveSessions } from './live-sessions.ts';
import { issuerOf, ownIssuer } from './own-issuer.ts';
import { SealedText } from './sealed-text.ts';
import { SharedMails } from './shared-mails.ts';
import { UserLockout } from './user-lockout.ts';
import { UserMirror, type UserMirrorParts } from './user-mirror.ts';
import { UserDirectory } from './user-directory.ts';
import { doUserRows } from './user-rows.ts';
import { hasUserTables, openUserTables } from './user-tables.ts';
import type { AttemptClass, Upgrade, UsersContext } from './users-context.ts';

/** Of the project's environment, what signing in may need. */
const wanted =
  /^(?:RESEND_API_KEY|SMTP_RELAY_(?:URL|TOKEN)|EMAIL_FROM|TWILIO_[A-Z_]+|[A-Z0-9_]+_(?:CLIENT_ID|CLIENT_SECRET|TEAM_ID|KEY_ID|PRIVATE_KEY|TENANT_ID))$/;

export interface ProjectUsersParts {
  readonly project: string;
  readonly disk: SqlDisk;
  readonly cipher: Cipher | null;
  readonly environment: Pick<Environment, 'open' | 'revision' | 'values'>;
  readonly newSecret: () => string;
  readonly now: () => number;
  readonly mirror: Omit<UserMirrorParts, 'disk' | 'now'>;
  /** A session of this user has ended, or the user must not go on. */
  readonly ended: (user: string) => void;
  /** Runs a mutation of the app with these arguments, as JSON. False: it failed, which is in the logs. */
  readonly moveUser: (path: string, args: string) => Promise<boolean>;
}

/**
 * The people who sign in to the project.
 *
 * Holds: their accounts and sessions, in tables of the switchboard's own, where no project code can reach them; how they may
 * sign in.
 * Does not hold: how somebody signs in, which is found out elsewhere (`workers/auth`), one operation on rows at a time.
 */
export class ProjectUsers {
  readonly #parts: ProjectUsersParts;
  readonly #secret: SealedText;
  readonly #settings: SealedText;
  readonly #sessions: LiveSessions;
  readonly #lockout: UserLockout;
  /** The app's own table of users. */
  readonly mirror: UserMirror;
  /** For those who administer the project. */
  readonly directory: UserDirectory;
  readonly sharedMails: SharedMails;
  readonly #anonymous: AnonymousUpgrade;
  #isOpen = false;
  #issuer: AuthProvider | null | undefined;

  constructor(parts: ProjectUsersParts) {
    this.#parts = parts;
    const { disk, now, newSecret } = parts;
    this.#secret = new SealedText({ ...parts, name: 'secret', initial: newSecret });
    this.#settings = new SealedText({ ...parts, name: 'settings', initial: () => '{}' });
    this.#sessions = new LiveSessions(parts);
    this.#lockout = new UserLockout(disk, now);
    this.mirror = new UserMirror({ ...parts.mirror, disk, now });
    this.sharedMails = new SharedMails(disk, now);
    this.#anonymous = new AnonymousUpgrade(disk);
    this.directory = new UserDirectory({ rows: (operation) => this.rows(operation), now });
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
    const { project, environment } = this.#parts;
    try {
      this.#open();
      await environment.open();
      const [secret, text] = await Promise.all([this.#secret.reveal(), this.#settings.reveal()]);
      const values = Object.fromEntries(Object.entries(environment.values).filter(([name]) => wanted.test(name)));
      const version = `${secret} ${environment.revision} ${text}`;
      return { ok: true, context: { project, issuer: issuerOf(project), secret, version, settings: parseSettings(text), values } };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  async settings(): Promise<Checked<{ readonly settings: AuthSettings }>> {
    try {
      return { ok: true, settings: parseSettings(await this.#settings.reveal()) };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  /** What is not named stays as it is. */
  async changeSettings(change: Partial<AuthSettings>): Promise<Checked<{ readonly settings: AuthSettings }>> {
    try {
      const before: unknown = JSON.parse(await this.#settings.reveal());
      await this.#settings.replace(JSON.stringify({ ...(before as Partial<AuthSettings>), ...change }));
      return await this.settings();
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  /** @throws Error for what is no operation on the users' tables */
  rows(operation: RowOperation): RowAnswer {
    this.#open();
    const { disk } = this.#parts;
    if (operation.table !== 'user') return this.#written(operation, doUserRows(disk, operation));
    let answer: RowAnswer = { rows: [], count: 0 };
    disk.transaction(() => {
      answer = doUserRows(disk, operation);
      this.mirror.written(operation, answer);
      if (isConfirmed(operation, answer)) answer = { ...answer, rows: answer.rows.map((row) => this.#folded(row)) };
    });
    if (operation.do !== 'find' && operation.do !== 'count') void this.mirror.tell();
    return this.#written(operation, answer);
  }

  /** Somebody without an account gets one: all of it or nothing. */
  upgrade(upgrade: Upgrade): Checked<{ readonly answer: RowAnswer }> {
    this.#open();
    const { disk } = this.#parts;
    try {
      let answer: RowAnswer = { rows: [], count: 0 };
      disk.transaction(() => {
        const done = this.#anonymous.upgrade(upgrade);
        answer = done.answer;
        this.#userWritten(done.changed.rows);
      });
      void this.mirror.tell();
      return { ok: true, answer };
    } catch (failure) {
      return { ok: false, error: toWireError(isTaken(failure) ? accountExists() : failure) };
    }
  }

  /** Has the app move what one user had to another, who had an account before. False: they stay as they were. */
  async merge(from: string, to: string): Promise<boolean> {
    this.#open();
    const { anonymous_merge: path } = parseSettings(await this.#settings.reveal());
    if (path === '' || from === to || !this.#anonymous.isAnonymous(from) || this.#anonymous.isAnonymous(to)) return false;
    if (!(await this.#parts.moveUser(path, JSON.stringify({ from, to })))) return false;
    this.directory.delete(from);
    return true;
  }

  #folded(row: Row): Row {
    const done = this.#anonymous.fold(row);
    if (done === null) return row;
    this.#userWritten([done.into, done.gone]);
    return done.into;
  }

  #userWritten(rows: readonly Row[]): void {
    const operation: RowOperation = { do: 'update', table: 'user', where: [], reach: 'all', set: {}, add: {} };
    this.mirror.written(operation, { rows, count: rows.length });
    this.#sessions.written(operation, { rows, count: rows.length });
  }

  /** Counts an attempt before it is made. */
  async enter(how: AttemptClass, attempt: Attempt): Promise<Checked<object>> {
    try {
      await this.#lockout.enter(how, attempt);
      return { ok: true };
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    }
  }

  succeeded(how: AttemptClass, attempt: Attempt): Promise<void> {
    return this.#lockout.succeeded(how, attempt);
  }

  /** Another app is deployed, which may have a table of users. */
  deployed(): void {
    if (!hasUserTables(this.#parts.disk)) return;
    this.#open();
    void this.mirror.tell();
  }

  #written(operation: RowOperation, answer: RowAnswer): RowAnswer {
    if (operation.table === 'jwks') this.#issuer = undefined;
    this.#sessions.written(operation, answer);
    return answer;
  }

  #open(): void {
    if (this.#isOpen) return;
    openUserTables(this.#parts.disk);
    this.mirror.open();
    this.#isOpen = true;
  }
}

/** As SQLite says that another row has this already. */
function isTaken(failure: unknown): boolean {
  return failure instanceof Error && /UNIQUE constraint failed: auth_user\./.test(failure.message);
}

function accountExists(): BetterBaseError {
  return new BetterBaseError('auth/account-exists', 'There is an account with this address or number already.', {
    hint: 'Sign in with it.',
  });
}

/** As `changeSettings` wrote them. */
function parseSettings(text: string): AuthSettings {
  return { ...defaultAuthSettings, ...(JSON.parse(text) as Partial<AuthSettings>) };
}
