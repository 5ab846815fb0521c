/**
 * Who brings a project's messages: what its environment names; for e-mail, if it names nobody, the installation where its owner
 * allows that; and under `bb dev`, if nobody does, the terminal.
 */
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { Message, MessagePort, SharedMail } from './message.ts';
import { type Posted, post } from './post.ts';

export interface MessageRoutes {
  readonly settings: Pick<AuthSettings, 'twilio_account_sid' | 'twilio_auth_token' | 'twilio_phone_number'>;
  /** Of the project's environment. */
  readonly values: Readonly<Record<string, string>>;
  readonly isDevelopment: boolean;
  readonly fetch: typeof fetch;
  /** Null: there is none to ask. */
  readonly shared: SharedMail | null;
}

export function openMessages(routes: MessageRoutes): MessagePort {
  const email = emailBy(routes);
  const sms = smsBy(routes);
  return { send: (message) => (message.channel === 'sms' ? sms(message) : email(message)) };
}

type Send = (message: Message) => Promise<void>;

function emailBy({ values, isDevelopment, fetch, shared }: MessageRoutes): Send {
  const { RESEND_API_KEY: resend, SMTP_RELAY_URL: relay, SMTP_RELAY_TOKEN: token = '', EMAIL_FROM: from = '' } = values;
  const postMail = (message: Message, url: string, secret: string): Promise<void> =>
    post(fetch, {
      url,
      headers: secret === '' ? {} : { authorization: `Bearer ${secret}` },
      body: JSON.stringify({ from, ...mail(message) }),
      secret,
      to: message.to,
    });
  if (resend !== undefined) return (message) => postMail(message, 'https://api.resend.com/emails', resend);
  if (relay !== undefined) return (message) => postMail(message, relay, token);
  const ofNobody = isDevelopment ? print : nobody('RESEND_API_KEY or SMTP_RELAY_URL', shared === null ? '' : sharedHint);
  return async (message) => {
    const handed = shared === null ? null : await shared.share(message);
    if (handed?.ok === true) return;
    if (handed === null || handed.isNobody) return await ofNobody(message);
    throw new Error(handed.reason);
  };
}

const sharedHint = ', or let projects use the installation’s mail: `PUT /admin/email` with `"projects": true`';

function smsBy({ settings, values, isDevelopment, fetch }: MessageRoutes): Send {
  const sid = settings.twilio_account_sid || values['TWILIO_ACCOUNT_SID'];
  const token = settings.twilio_auth_token || values['TWILIO_AUTH_TOKEN'];
  const from = settings.twilio_phone_number || values['TWILIO_PHONE_NUMBER'];
  if (!sid || !token || !from) return isDevelopment ? print : nobody('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER', '');
  const base = values['TWILIO_API_URL'] ?? 'https://api.twilio.com';
  return async ({ to, text }) => {
    const posted: Posted = {
      url: `${base}/2010-04-01/Accounts/${encodeURIComponent(sid)}/Messages.json`,
      headers: { authorization: `Basic ${btoa(`${sid}:${token}`)}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ To: to, From: from, Body: text }).toString(),
      secret: token,
      to,
    };
    await post(fetch, posted);
  };
}

function mail({ to, subject, text, html }: Message): object {
  return { to, subject, text, ...(html === null ? {} : { html }) };
}

async function print({ to, subject, text }: Message): Promise<void> {
  console.log(`✉ to ${to}${subject === '' ? '' : ` · ${subject}`}\n${text}`);
}

function nobody(names: string, otherwise: string): Send {
  return async () => {
    throw new Error(`Nobody brings this project’s messages: set ${names} with \`bb env set\`${otherwise}.`);
  };
}
