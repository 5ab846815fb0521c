/** Mail of the installation itself: who brings it is a setting, whose secret rests sealed in D1. */
import { BetterBaseError } from '@betterbase/core';
import { type Cipher, createCipher } from '@betterbase/providers/cipher';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import * as z from 'zod/mini';
import { instanceSettings } from '../../../migrations/schema.ts';
import type { InstanceMessageKind } from '../../auth/messages/message.ts';
import { authIsolate } from '../auth-isolate.ts';
import { configOf, type Env } from '../env.ts';
import type { GatewayContext } from '../gateway-context.ts';

export const mailSetting = 'email';
const label = 'mail secret';
const shortestKey = 16;

const kept = z.object({
  provider: z.enum(['none', 'resend', 'relay']),
  from: z.nullable(z.string()),
  relay_url: z.nullable(z.string()),
  /** Null: there is none. */
  sealed: z.nullable(z.string()),
});

export type KeptMail = z.output<typeof kept>;

const noMail: KeptMail = { provider: 'none', from: null, relay_url: null, sealed: null };

export async function readMail({ DB }: Pick<Env, 'DB'>): Promise<KeptMail> {
  const [row] = await drizzle(DB).select().from(instanceSettings).where(eq(instanceSettings.name, mailSetting)).limit(1);
  const parsed = kept.safeParse(row?.value);
  return parsed.success ? parsed.data : noMail;
}

/** @throws BetterBaseError `environment/no-key` */
export function sealMailSecret(env: Env, secret: string): Promise<string> {
  return cipherOf(env).seal(secret, label);
}

export interface InstanceMail {
  readonly kind: InstanceMessageKind;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** Whether there is anybody to bring mail. Under `bb dev` the terminal shows it. */
export async function bringsMail(env: Env): Promise<boolean> {
  return configOf(env).isDevelopment || (await readMail(env)).provider !== 'none';
}

/** @throws BetterBaseError `email/not-sent`, `environment/no-key`, `environment/unreadable` */
export async function sendMail({ env, executionCtx }: GatewayContext, mail: InstanceMail): Promise<void> {
  const { isDevelopment } = configOf(env);
  const message = { ...mail, channel: 'email', html: null } as const;
  const setting = await readMail(env);
  if (setting.provider === 'none' && !isDevelopment)
    throw new BetterBaseError('email/not-sent', 'Nobody brings this installation’s mail.', { hint: 'Say who does: `PUT /admin/email`.' });
  const problem = await authIsolate(env, executionCtx.exports).mail({ message, values: await valuesOf(env, setting), isDevelopment });
  if (problem !== null)
    throw new BetterBaseError('email/not-sent', `The mail was not taken: ${problem}`, { hint: 'Look at `GET /admin/email`.' });
}

async function valuesOf(env: Env, { provider, from, relay_url: url, sealed }: KeptMail): Promise<Readonly<Record<string, string>>> {
  const secret = sealed === null ? '' : await reveal(env, sealed);
  switch (provider) {
    case 'none':
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
    return await cipherOf(env).open(sealed, label);
  } catch (cause) {
    throw new BetterBaseError('environment/unreadable', 'The secret of the installation’s mail cannot be decrypted.', {
      hint: 'The secret ENCRYPTION_KEY is not the one it was set with: put that one back, or set it again.',
      cause,
    });
  }
}

function cipherOf({ ENCRYPTION_KEY: secret = '' }: Env): Cipher {
  if (secret.length >= shortestKey) return createCipher(secret, 'installation');
  throw new BetterBaseError('environment/no-key', 'This installation has no key to encrypt secrets with.', {
    hint: 'Set the secret: `openssl rand -base64 32 | wrangler secret put ENCRYPTION_KEY`. `npm run deploy` does it by itself.',
  });
}
