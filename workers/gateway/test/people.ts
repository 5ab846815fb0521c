import { setupToken } from '@betterbase/protocol/admin';
import { adminKey, type Answer, type LocalPlatform } from './local-platform.ts';

export const owner = { email: 'olga@example.com', password: 'correct horse battery' };

/** Asks as somebody; null: as nobody. */
export async function askAs(
  platform: LocalPlatform,
  token: string | null,
  method: string,
  path: string,
  body?: unknown,
  from?: string,
): Promise<Answer> {
  const response = await platform.request(path, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(from === undefined ? {} : { 'cf-connecting-ip': from }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : text };
}

/** The first admin's session. */
export async function setUpOwner(platform: LocalPlatform): Promise<string> {
  const { status, body } = await askAs(platform, null, 'POST', '/admin/auth/setup', { ...owner, token: await setupToken(adminKey) });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.token;
}

/** Invites somebody and takes the invitation up: their session. */
export async function inviteAs(
  platform: LocalPlatform,
  token: string,
  order: { readonly email: string; readonly role: string; readonly project?: string },
): Promise<string> {
  const invited = await askAs(platform, token, 'POST', '/admin/invitations', order);
  if (invited.status !== 201) throw new Error(JSON.stringify(invited.body));
  const joined = await askAs(platform, null, 'POST', '/admin/auth/join', { token: tokenOf(invited.body.link), password: owner.password });
  if (joined.status !== 201) throw new Error(JSON.stringify(joined.body));
  return joined.body.token;
}

export function tokenOf(link: string): string {
  return new URL(link).searchParams.get('token') ?? '';
}
