import type { UsersContext } from '../../../durable-objects/project/users/users-context.ts';
import type { Message, MessageKind } from './message.ts';

/** A project's message to look at. */
export interface MessageOrder {
  readonly context: UsersContext;
  readonly kind: MessageKind;
  /** Whom it is to be sent to; null: nobody. */
  readonly to: string | null;
  readonly origin: string;
  readonly isDevelopment: boolean;
}

export interface ShownMessage {
  readonly message: Message;
  /** Why it was not sent; null: it was, or was not to be. */
  readonly problem: string | null;
}
