import type { AuthSettings } from '@betterbase/protocol/auth';
import type { Attempt } from '@betterbase/providers/lockout';
import type { Row, RowAnswer, RowOperation, RowsPort } from '@betterbase/providers/rows';
import type { Checked } from '../checked.ts';

/** What signing in to a project depends on. */
export interface UsersContext {
  readonly project: string;
  /** Who issues the tokens of its users. */
  readonly issuer: string;
  /** What the project's cookies and sessions are signed with, and its keys are encrypted with. */
  readonly secret: string;
  /** Different after every change of anything here. */
  readonly version: string;
  readonly settings: AuthSettings;
  /** Environment values of those who bring messages, and of issuers. */
  readonly values: Readonly<Record<string, string>>;
}

/** How strict to be: with passwords, with short codes, with messages that cost money and patience. */
export type AttemptClass = 'sign-in' | 'code' | 'message';

/** Somebody without an account gets one. */
export interface Upgrade {
  readonly user: string;
  /** What is now said of them. */
  readonly set: Row;
  /** The first of what they have from now on: how they sign in, or a session. Null: nothing. */
  readonly first: RowOperation | null;
}

/** A message that somebody waits for, and why it was not taken. */
export interface LostMessage {
  /** What it was for, as `templates` names it. */
  readonly kind: string;
  readonly reason: string;
}

/** What finding out who somebody is may do with the project. */
export interface UsersPort extends RowsPort {
  /** Counts an attempt before it is made: refused with `auth/too-many-attempts` while it must wait. */
  enter(how: AttemptClass, attempt: Attempt): Promise<Checked<object>>;
  /** It was the right password or code. */
  succeeded(how: AttemptClass, attempt: Attempt): Promise<void>;
  /** All of it or nothing. Refused with `auth/upgraded`, and with `auth/account-exists` where the address or number has an account. */
  upgrade(upgrade: Upgrade): Promise<Checked<{ readonly answer: RowAnswer }>>;
  /**
   * Somebody without an account has signed in to one that was there before: the app moves what they had, and they are no more.
   * False: the app has not said how, or it failed; both are as they were.
   */
  merge(from: string, to: string): Promise<boolean>;
  /** Tells those who develop the project, and nobody else. */
  lost(message: LostMessage): Promise<void>;
}
