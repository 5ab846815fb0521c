/** What a message is for. */
export type MessageKind = 'verify' | 'reset' | 'change' | 'code' | 'link' | 'phone';

/** Of the installation itself. */
export type InstanceMessageKind = 'test' | 'invitation';

/** Something to be told to somebody outside of the app. */
export interface Message {
  readonly channel: 'email' | 'sms';
  readonly kind: MessageKind | InstanceMessageKind;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

/** Brings messages to people. */
export interface MessagePort {
  /** @throws Error when it was not taken */
  send(message: Message): Promise<void>;
}
