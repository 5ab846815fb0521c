import type { Cloudflare } from '../cloudflare.ts';
import { hasSecret } from './admin-key.ts';

export const encryptionKeyName = 'ENCRYPTION_KEY';

/**
 * The key that rests with the Worker alone; null if it has one. It is never renewed: what was encrypted with it could not be
 * read any more.
 */
export async function chooseEncryptionKey(cloudflare: Cloudflare, worker: string, newKey: () => string): Promise<string | null> {
  return (await hasSecret(cloudflare, worker, encryptionKeyName)) ? null : newKey();
}
