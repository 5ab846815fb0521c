/** What a message is for. */
export type MessageKind = 'verify' | 'reset' | 'change' | 'exists' | 'code' | 'link' | 'phone';

/** Of the installation itself. */
export type InstanceMessageKind = 'test' | 'invitation' | 'reset';

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
  /** @throws Error when it was not taken, which says why */
  send(message: Message): Promise<void>;
}

/** What became of a message that was given to the installation to bring. */
export type Handed = { readonly ok: true } | { readonly ok: false; readonly isNobody: boolean; readonly reason: string };

/** The installation's own mail, for projects that have nobody of their own. */
export interface SharedMail {
  /** Never throws: what went wrong is told. */
  share(message: Message): Promise<Handed>;
}
