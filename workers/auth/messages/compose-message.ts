import type { MessageTemplate } from '@betterbase/protocol/auth';
import type { Message, MessageKind } from './message.ts';

export interface MessageFacts {
  readonly kind: MessageKind;
  readonly to: string;
  readonly app: string;
  readonly link?: string;
  readonly code?: string;
}

const defaults: Readonly<Record<MessageKind, MessageTemplate>> = {
  verify: {
    subject: 'Confirm your e-mail address',
    text: 'Somebody, probably you, uses {{app}} with {{email}}. Confirm that this is your address:\n\n{{link}}\n\nIf it was not you, do nothing: whoever it was would be let in with your address.',
  },
  reset: {
    subject: 'Choose a new password',
    text: 'Choose a new password for {{app}}:\n\n{{link}}\n\nIf you did not ask for this, do nothing.',
  },
  change: { subject: 'Confirm your new e-mail address', text: 'Confirm that your account of {{app}} goes to {{email}}:\n\n{{link}}' },
  exists: {
    subject: 'You have an account already',
    text: 'Somebody, probably you, has just signed up for {{app}} with {{email}}, which has an account already. Sign in with it, or choose a new password there.\n\nIf it was not you, do nothing: nobody was told that there is an account.',
  },
  code: {
    subject: '{{code}} is your code',
    text: 'Your code for {{app}} is {{code}}. It is good for five minutes. Tell it to nobody. If you did not ask for it, do nothing.',
  },
  link: { subject: 'Sign in to {{app}}', text: 'Sign in to {{app}}:\n\n{{link}}\n\nThe link is good for five minutes, and once.' },
  phone: { text: 'Your code for {{app}} is {{code}}.' },
};

/** A message in the project's own words, where it has some. */
export function composeMessage(facts: MessageFacts, templates: Readonly<Record<string, MessageTemplate>>): Message {
  const { kind, to } = facts;
  const { subject = '', text, html } = templates[kind] ?? defaults[kind];
  const fill = (template: string, write: (value: string) => string): string =>
    template.replace(/\{\{(link|code|app|email)\}\}/g, (_, name: string) => write(valueOf(name, facts)));
  const plain = (value: string): string => value;
  return {
    channel: kind === 'phone' ? 'sms' : 'email',
    kind,
    to,
    // One line, whatever stands in for the names.
    subject: fill(subject, plain).replace(/[\r\n]+/g, ' '),
    text: fill(text, plain),
    html: html === undefined ? null : fill(html, escaped),
  };
}

function valueOf(name: string, { link = '', code = '', app, to }: MessageFacts): string {
  switch (name) {
    case 'link':
      return link;
    case 'code':
      return code;
    case 'app':
      return app;
    default:
      return to;
  }
}

export function escaped(value: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
