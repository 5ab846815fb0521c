import type { AuthSettings } from '@betterbase/protocol/auth';
import type { Attempt } from '@betterbase/providers/lockout';
import type { RowsPort } from '@betterbase/providers/rows';
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
  /** Tells those who develop the project, and nobody else. */
  lost(message: LostMessage): Promise<void>;
}
