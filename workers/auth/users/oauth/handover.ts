/**
 * Hands a session from a redirect to the page that began it: as a code that is good once, for a minute, and only for the page
 * that knows what its digest was told of in the beginning (as RFC 7636 has it).
 */
import type { RowsPort } from '@betterbase/providers/rows';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';

const life = 60_000;
const utf8 = new TextEncoder();

interface Handed {
  /** With its signature. */
  readonly token: string;
  /** Digest of what the page keeps. */
  readonly challenge: string;
}

export async function handOver(rows: RowsPort, secret: string, handed: Handed): Promise<string> {
  const code = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const now = new Date();
  await rows.rows({
    do: 'insert',
    table: 'verification',
    row: {
      id: crypto.randomUUID(),
      identifier: `handover ${await digestOf(code)}`,
      value: await symmetricEncrypt({ key: secret, data: JSON.stringify(handed) }),
      expiresAt: new Date(now.getTime() + life).toISOString(),
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    },
  });
  return code;
}

/** The session; null for a code that is no good, or not any more, or not this page's. */
export async function takeOver(
  rows: RowsPort,
  secret: string,
  { code, verifier }: { readonly code: string; readonly verifier: string },
): Promise<string | null> {
  const identifier = `handover ${await digestOf(code)}`;
  const { rows: found } = await rows.rows({
    do: 'delete',
    table: 'verification',
    where: [{ field: 'identifier', operator: 'eq', value: identifier, connector: 'AND', mode: 'sensitive' }],
    reach: 'one',
  });
  const [row] = found;
  if (row === undefined || !(Date.parse(String(row['expiresAt'])) > Date.now())) return null;
  const { token, challenge } = JSON.parse(await symmetricDecrypt({ key: secret, data: String(row['value']) })) as Handed;
  return (await digestOf(verifier)) === challenge ? token : null;
}

async function digestOf(text: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(text))));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
