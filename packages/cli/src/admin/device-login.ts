/** Getting in without typing a password into a terminal: a code is shown, and somebody lets it in with a browser. */
import { setTimeout as pause } from 'node:timers/promises';
import { BetterBaseError } from '@betterbase/core';
import { deviceAnswer, deviceCode } from '@betterbase/protocol/admin/device';
import { isRecord } from '../json/is-record.ts';
import type { Credential } from '../workspace/credentials.ts';
import { parseServerError } from './server-error.ts';
import { unreachable } from './unreachable.ts';

export interface ShownCode {
  readonly deviceCode: string;
  readonly userCode: string;
  /** The page, with the code in it. */
  readonly page: string;
  /** Seconds */
  readonly expiresIn: number;
  readonly interval: number;
}

/** What a server that has become impatient adds to the interval, seconds. */
const slowDown = 5;

/** @throws BetterBaseError the server's own, or `connection/lost` */
export async function askForCode(url: string, client: string): Promise<ShownCode> {
  const { status, body } = await post(url, '/device/code', { client }, client);
  const told = deviceCode.safeParse(body);
  if (!told.success) throw parseServerError(body, status);
  const { device_code, user_code: userCode, verification_uri_complete: page, expires_in: expiresIn, interval } = told.data;
  return { deviceCode: device_code, userCode, page, expiresIn, interval };
}

/**
 * Waits until somebody has decided.
 *
 * @throws BetterBaseError `auth/forbidden` when they refused, `auth/required` when nobody did in time
 */
export async function waitForToken(url: string, code: ShownCode, client: string): Promise<Credential> {
  const deadline = Date.now() + code.expiresIn * 1000;
  for (let { interval } = code; Date.now() < deadline; ) {
    await pause(interval * 1000);
    const { status, body } = await post(url, '/device/token', { device_code: code.deviceCode }, client);
    const answer = deviceAnswer.safeParse(body);
    if (!answer.success) throw parseServerError(body, status);
    if ('access_token' in answer.data) return { token: answer.data.access_token, email: answer.data.email };
    const { error } = answer.data;
    if (error === 'slow_down') interval += slowDown;
    else if (error === 'access_denied') throw new BetterBaseError('auth/forbidden', 'It was refused on the page.');
    else if (error !== 'authorization_pending') break;
  }
  throw new BetterBaseError('auth/required', 'Nobody let bb in while the code was good.', { hint: 'Run `bb login` again.' });
}

async function post(
  url: string,
  path: string,
  asked: object,
  client: string,
): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json', 'user-agent': client }, body: JSON.stringify(asked) };
  const response = await fetch(url + path, init).catch((cause: unknown) => {
    throw unreachable(url, cause);
  });
  const body: unknown = await response.json().catch(() => null);
  if (!isRecord(body)) throw parseServerError(body, response.status);
  return { status: response.status, body };
}
