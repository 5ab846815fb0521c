/**
 * Hands a session from a redirect to the page that began it: as a code that is good once, for a minute, and only for the page
 * that knows what its digest was told of in the beginning (as RFC 7636 has it).
 */
import type { RowsPort } from '@betterbase/providers/rows';
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto';
import { base64url } from 'jose';

const life = 60_000;
const utf8 = new TextEncoder();

/** A session, or the way back from an issuer, which is to be gone on the page's word. */
export type Handed =
  | {
      readonly kind: 'session';
      /** With its signature. */
      readonly token: string;
    }
  | { readonly kind: 'callback'; readonly path: string; readonly cookie: string };

/** @param challenge digest of what the page keeps */
export async function handOver(rows: RowsPort, secret: string, handed: Handed, challenge: string): Promise<string> {
  const code = base64url.encode(crypto.getRandomValues(new Uint8Array(32)));
  const now = new Date();
  await rows.rows({
    do: 'insert',
    table: 'verification',
    row: {
      id: crypto.randomUUID(),
      identifier: `handover ${await digestOf(code)}`,
      value: await symmetricEncrypt({ key: secret, data: JSON.stringify({ handed, challenge }) }),
      expiresAt: new Date(now.getTime() + life).toISOString(),
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    },
  });
  return code;
}

/** What was handed; null for a code that is no good, or not any more, or not this page's. */
export async function takeOver(
  rows: RowsPort,
  secret: string,
  { code, verifier }: { readonly code: string; readonly verifier: string },
): Promise<Handed | null> {
  const identifier = `handover ${await digestOf(code)}`;
  const { rows: found } = await rows.rows({
    do: 'delete',
    table: 'verification',
    where: [{ field: 'identifier', operator: 'eq', value: identifier, connector: 'AND', mode: 'sensitive' }],
    reach: 'one',
  });
  const [row] = found;
  if (row === undefined || !(Date.parse(String(row['expiresAt'])) > Date.now())) return null;
  const { handed, challenge } = JSON.parse(await symmetricDecrypt({ key: secret, data: String(row['value']) })) as {
    readonly handed: Handed;
    readonly challenge: string;
  };
  return (await digestOf(verifier)) === challenge ? handed : null;
}

async function digestOf(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(text))));
}
