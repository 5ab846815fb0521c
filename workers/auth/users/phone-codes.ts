/** Codes by text message, of which better-auth would keep the code itself: here their keyed digest stands in for them. */
import { toHex } from '@betterbase/core/bytes';
import type { Row } from '@betterbase/providers/rows';
import type { Asked } from './aliases.ts';

const utf8 = new TextEncoder();

/** What is written in place of a verification with a code in the clear. */
export async function withoutCode(secret: string, table: string, row: Row): Promise<Row> {
  const found = table === 'verification' ? /^(?<code>\d{6}):(?<attempts>\d+)$/.exec(String(row['value'])) : null;
  if (found?.groups === undefined) return row;
  return { ...row, value: `${await digest(secret, found.groups['code'] ?? '')}:${found.groups['attempts']}` };
}

/** A request that shows a code shows its digest to better-auth. */
export async function withDigest(secret: string, asked: Asked): Promise<Asked> {
  const field = asked.path === '/phone-number/verify' ? 'code' : asked.path === '/phone-number/reset-password' ? 'otp' : null;
  if (field === null || asked.body === null) return asked;
  return { ...asked, body: { ...asked.body, [field]: await digest(secret, String(asked.body[field])) } };
}

async function digest(secret: string, code: string): Promise<string> {
  const key = await crypto.subtle.importKey('raw', utf8.encode(secret), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return toHex(await crypto.subtle.sign('HMAC', key, utf8.encode(`code by phone ${code}`)));
}
