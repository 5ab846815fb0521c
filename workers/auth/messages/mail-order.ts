import type { Message } from './message.ts';

/** A message of the installation itself. */
export interface MailOrder {
  readonly message: Message;
  /** Who brings it, as a project's environment says it. */
  readonly values: Readonly<Record<string, string>>;
  readonly isDevelopment: boolean;
}
