/**
 * What an admin shows besides the password: a code of an app (TOTP, RFC 6238), or a backup code.
 *
 * Holds: nothing; what codes are made of rests in D1, sealed for this admin.
 * Always true: no code is good twice, and none that is as old as one that was taken.
 */
import { createOTP } from '@better-auth/utils/otp';
import { BetterBaseError } from '@betterbase/core';
import { addressOf, isSame } from '../access/find-principal.ts';
import type { Env } from '../env.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { installationCipher } from '../settings/installation-cipher.ts';
import { settingsOf } from '../settings/read-settings.ts';
import type { AdminRow } from './admin-store.ts';
import { digestOfBackupCode } from './backup-codes.ts';
import { beginFactor, readFactor, type SecondFactorRow, takeBackupCode, takeStep } from './second-factor-store.ts';
import { codeLockoutOf } from './lockouts.ts';

/** Seconds that a code is shown, as every app takes for granted. */
const period = 30;
/** Clocks differ, and people type slowly: codes of so many periods before and after are good. */
const tolerance = 1;
const secretLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** 192 bits. */
const secretLength = 32;

export type Shown = 'app' | 'backup code';

/**
 * Begins a second factor. The secret is told this once.
 *
 * @throws BetterBaseError `admin/second-factor`, `environment/no-key`
 */
export async function beginSecondFactor({ env }: GatewayContext, { id, email }: AdminRow): Promise<{ uri: string; secret: string }> {
  const secret = createSecret();
  const sealed = await installationCipher(env).seal(secret, labelOf(id));
  if (!(await beginFactor(env.DB, { adminId: id, sealed })))
    throw new BetterBaseError('admin/second-factor', 'You have a second factor already.', {
      hint: 'Take it away first: `bb account second-factor disable`.',
    });
  const { instance_name: name } = await settingsOf(env);
  const uri = createOTP(secret, { period }).url(name, email);
  return { uri, secret: new URL(uri).searchParams.get('secret') ?? '' };
}

/** Null: codes are not asked of this admin. */
export async function confirmedFactor(database: D1Database, admin: string): Promise<SecondFactorRow | null> {
  const factor = await readFactor(database, admin);
  return factor?.confirmedAt == null ? null : factor;
}

/**
 * Whether this admin is who they say. Null: they have no second factor.
 *
 * @throws BetterBaseError `auth/code-required`, `auth/bad-code`, `auth/too-many-attempts`, `environment/unreadable`
 */
export async function proveSecondFactor(context: GatewayContext, admin: string, code: string | undefined): Promise<Shown | null> {
  const factor = await confirmedFactor(context.env.DB, admin);
  if (factor === null) return null;
  if (code === undefined)
    throw new BetterBaseError('auth/code-required', 'A code of your second factor is wanted, too.', {
      hint: 'Send it as `code`: what your app shows, or one of your backup codes.',
    });
  return await takeCode(context, factor, code);
}

/**
 * Takes a code, once. A factor that is being set up has app codes only.
 *
 * @throws BetterBaseError `auth/bad-code`, `auth/too-many-attempts`, `environment/unreadable`
 */
export async function takeCode(context: GatewayContext, factor: SecondFactorRow, code: string): Promise<Shown> {
  const { env } = context;
  const lockout = codeLockoutOf(context);
  const attempt = { action: 'admin code', account: factor.adminId, address: addressOf(context) };
  await lockout.enter(attempt);
  const digits = code.replaceAll(/\s/g, '');
  const isOfApp = /^\d{6}$/.test(digits);
  const isTaken = isOfApp
    ? await takeAppCode(env, factor, digits)
    : factor.confirmedAt !== null && (await takeBackupCode(env.DB, await digestOfBackupCode(factor.adminId, code)));
  if (!isTaken)
    throw new BetterBaseError('auth/bad-code', 'This code is wrong, is over, or was used before.', {
      hint: 'Wait for the next one that your app shows, or use a backup code.',
    });
  await lockout.succeeded(attempt);
  return isOfApp ? 'app' : 'backup code';
}

async function takeAppCode(env: Env, { adminId, sealed, takenStep }: SecondFactorRow, digits: string): Promise<boolean> {
  const otp = createOTP(await reveal(env, adminId, sealed), { period });
  const now = Math.floor(Date.now() / (period * 1000));
  const steps = Array.from({ length: 2 * tolerance + 1 }, (_, place) => now - tolerance + place);
  const isStep = await Promise.all(steps.map(async (step) => await isSame(digits, await otp.hotp(step))));
  const step = steps.find((each, place) => isStep[place] === true && each > takenStep);
  return step !== undefined && (await takeStep(env.DB, adminId, step));
}

async function reveal(env: Env, admin: string, sealed: string): Promise<string> {
  try {
    return await installationCipher(env).open(sealed, labelOf(admin));
  } catch (cause) {
    throw new BetterBaseError('environment/unreadable', 'What codes of apps are made of cannot be decrypted.', {
      hint: 'The secret ENCRYPTION_KEY is not the one it was set with: put that one back, or use a backup code.',
      cause,
    });
  }
}

/** Nobody's secret opens anything in the place of another's. */
function labelOf(admin: string): string {
  return `second factor of ${admin}`;
}

function createSecret(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(secretLength));
  return Array.from(bytes, (byte) => secretLetters.charAt(byte % secretLetters.length)).join('');
}
