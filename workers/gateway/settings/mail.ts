/** Mail of the installation itself: who brings it is a setting, whose secret rests sealed in D1. */
import { BetterBaseError } from '@betterbase/core';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import * as z from 'zod/mini';
import { instanceSettings } from '../../../migrations/schema.ts';
import type { InstanceMessageKind, Message } from '../../auth/messages/message.ts';
import { authIsolate } from '../auth-isolate.ts';
import { configOf, type Env } from '../env.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { sendByCloudflare } from './cloudflare-mail.ts';
import { installationCipher } from './installation-cipher.ts';

export const mailSetting = 'email';
const label = 'mail secret';

const kept = z.object({
  provider: z.enum(['none', 'resend', 'relay', 'cloudflare']),
  from: z.nullable(z.string()),
  relay_url: z.nullable(z.string()),
  /** Null: there is none. */
  sealed: z.nullable(z.string()),
  /** Whether projects that have nobody of their own may use it, and how many mails each may send in an hour. */
  projects: z._default(z.boolean(), false),
  project_mails_per_hour: z._default(z.number(), 100),
});

export type KeptMail = z.output<typeof kept>;

export const noMail: KeptMail = {
  provider: 'none',
  from: null,
  relay_url: null,
  sealed: null,
  projects: false,
  project_mails_per_hour: 100,
};

export async function readMail({ DB }: Pick<Env, 'DB'>): Promise<KeptMail> {
  const [row] = await drizzle(DB).select().from(instanceSettings).where(eq(instanceSettings.name, mailSetting)).limit(1);
  const parsed = kept.safeParse(row?.value);
  return parsed.success ? parsed.data : noMail;
}

/** @throws BetterBaseError `environment/no-key` */
export function sealMailSecret(env: Env, secret: string): Promise<string> {
  return installationCipher(env).seal(secret, label);
}

export type InstanceMail = Pick<Message, 'to' | 'subject' | 'text'> & { readonly kind: InstanceMessageKind };

/** Whether there is anybody to bring mail. Under `bb dev` the terminal shows it. */
export async function bringsMail(env: Env): Promise<boolean> {
  return configOf(env).isDevelopment || (await readMail(env)).provider !== 'none';
}

/** @throws BetterBaseError `email/not-sent`, `environment/no-key`, `environment/unreadable` */
export async function sendMail(context: GatewayContext, mail: InstanceMail): Promise<void> {
  const { env } = context;
  const setting = await readMail(env);
  if (setting.provider === 'none' && !configOf(env).isDevelopment)
    throw new BetterBaseError('email/not-sent', 'Nobody brings this installation’s mail.', { hint: 'Say who does: `PUT /admin/email`.' });
  const problem = await deliver(context, setting, { ...mail, channel: 'email', html: null });
  if (problem !== null)
    throw new BetterBaseError('email/not-sent', `The mail was not taken: ${problem}`, { hint: 'Look at `GET /admin/email`.' });
}

/** Answers with what went wrong; null: it was taken. @throws BetterBaseError `environment/no-key`, `environment/unreadable` */
export async function deliver({ env, executionCtx }: MailContext, setting: KeptMail, message: Message): Promise<string | null> {
  if (setting.provider === 'cloudflare') return await sendByCloudflare(env.EMAIL, setting.from ?? '', message);
  const values = await valuesOf(env, setting);
  return await authIsolate(env, executionCtx.exports).mail({ message, values, isDevelopment: configOf(env).isDevelopment });
}

/** Of a request, what sending needs. */
export type MailContext = Pick<GatewayContext, 'env' | 'executionCtx'>;

async function valuesOf(env: Env, { provider, from, relay_url: url, sealed }: KeptMail): Promise<Readonly<Record<string, string>>> {
  const secret = sealed === null ? '' : await reveal(env, sealed);
  switch (provider) {
    case 'none':
    case 'cloudflare':
      return {};
    case 'resend':
      return { RESEND_API_KEY: secret, EMAIL_FROM: from ?? '' };
    case 'relay':
      return { SMTP_RELAY_URL: url ?? '', SMTP_RELAY_TOKEN: secret, EMAIL_FROM: from ?? '' };
    default:
      return provider satisfies never;
  }
}

async function reveal(env: Env, sealed: string): Promise<string> {
  try {
    return await installationCipher(env).open(sealed, label);
  } catch (cause) {
    throw new BetterBaseError('environment/unreadable', 'The secret of the installation’s mail cannot be decrypted.', {
      hint: 'The secret ENCRYPTION_KEY is not the one it was set with: put that one back, or set it again.',
      cause,
    });
  }
}
