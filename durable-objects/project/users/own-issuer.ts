import type { AuthProvider } from '@betterbase/core';
import { type SqlDisk, text } from '../sql-disk.ts';

/** How long tokens of a key that is not used any more may still be around, ms. */
const keyGrace = 24 * 60 * 60 * 1000;

/** Who issues a project's own tokens. No address: users keep their `tokenIdentifier` when the installation moves. */
export function issuerOf(project: string): string {
  return `betterbase:${project}`;
}

/** The project as an issuer of tokens; null while it has no keys. */
export function ownIssuer(disk: SqlDisk, project: string, now: number): AuthProvider | null {
  const rows = disk.rows('SELECT id, publicKey, expiresAt FROM auth_jwks ORDER BY createdAt DESC');
  const keys = rows.flatMap(([id, key, expiresAt]): object[] => {
    const isOver = typeof expiresAt === 'string' && Date.parse(expiresAt) + keyGrace < now;
    return isOver ? [] : [{ ...parseKey(text(key)), kid: text(id), alg: 'EdDSA', use: 'sig' }];
  });
  if (keys.length === 0) return null;
  const issuer = issuerOf(project);
  const jwks = `data:application/json,${encodeURIComponent(JSON.stringify({ keys }))}`;
  return { type: 'customJwt', issuer, jwks, algorithm: 'EdDSA', applicationID: issuer };
}

/** As better-auth's plugin wrote it. */
function parseKey(json: string): object {
  return JSON.parse(json) as object;
}
