/** Who brings a project's messages: what its environment names, and under `bb dev`, if it names nobody, the terminal. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { Message, MessagePort } from './message.ts';

export interface MessageRoutes {
  readonly settings: Pick<AuthSettings, 'twilio_account_sid' | 'twilio_auth_token' | 'twilio_phone_number'>;
  /** Of the project's environment. */
  readonly values: Readonly<Record<string, string>>;
  readonly isDevelopment: boolean;
  readonly fetch: typeof fetch;
}

/** ms */
const patience = 10_000;

export function openMessages(routes: MessageRoutes): MessagePort {
  const email = emailBy(routes);
  const sms = smsBy(routes);
  return { send: (message) => (message.channel === 'sms' ? sms(message) : email(message)) };
}

type Send = (message: Message) => Promise<void>;

function emailBy({ values, isDevelopment, fetch }: MessageRoutes): Send {
  const { RESEND_API_KEY: resend, SMTP_RELAY_URL: relay, SMTP_RELAY_TOKEN: token = '', EMAIL_FROM: from = '' } = values;
  if (resend !== undefined)
    return (message) =>
      post(fetch, 'https://api.resend.com/emails', { authorization: `Bearer ${resend}` }, json({ from, ...mail(message) }));
  if (relay !== undefined)
    return (message) => post(fetch, relay, token === '' ? {} : { authorization: `Bearer ${token}` }, json({ from, ...mail(message) }));
  return isDevelopment ? print : nobody('RESEND_API_KEY or SMTP_RELAY_URL');
}

function smsBy({ settings, values, isDevelopment, fetch }: MessageRoutes): Send {
  const sid = settings.twilio_account_sid || values['TWILIO_ACCOUNT_SID'];
  const token = settings.twilio_auth_token || values['TWILIO_AUTH_TOKEN'];
  const from = settings.twilio_phone_number || values['TWILIO_PHONE_NUMBER'];
  if (!sid || !token || !from) return isDevelopment ? print : nobody('TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_PHONE_NUMBER');
  const base = values['TWILIO_API_URL'] ?? 'https://api.twilio.com';
  const headers = { authorization: `Basic ${btoa(`${sid}:${token}`)}`, 'content-type': 'application/x-www-form-urlencoded' };
  return ({ to, text }) =>
    post(
      fetch,
      `${base}/2010-04-01/Accounts/${encodeURIComponent(sid)}/Messages.json`,
      headers,
      new URLSearchParams({ To: to, From: from, Body: text }).toString(),
    );
}

function mail({ to, subject, text, html }: Message): object {
  return { to, subject, text, ...(html === null ? {} : { html }) };
}

function json(body: object): string {
  return JSON.stringify(body);
}

async function post(fetch: MessageRoutes['fetch'], url: string, headers: Readonly<Record<string, string>>, body: string): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(patience),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${new URL(url).host} answers ${response.status} to a message.`);
}

async function print({ to, subject, text }: Message): Promise<void> {
  console.log(`✉ to ${to}${subject === '' ? '' : ` · ${subject}`}\n${text}`);
}

function nobody(names: string): Send {
  return async () => {
    throw new Error(`Nobody brings this project’s messages: set ${names} with \`bb env set\`.`);
  };
}
