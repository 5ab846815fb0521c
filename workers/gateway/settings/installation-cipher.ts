import { BetterBaseError } from '@betterbase/core';
import { type Cipher, createCipher } from '@betterbase/providers/cipher';
import type { Env } from '../env.ts';

const shortestKey = 16;

/**
 * Seals what the installation itself keeps in D1.
 *
 * @throws BetterBaseError `environment/no-key`
 */
export function installationCipher({ ENCRYPTION_KEY: secret = '' }: Pick<Env, 'ENCRYPTION_KEY'>): Cipher {
  if (secret.length >= shortestKey) return createCipher(secret, 'installation');
  throw new BetterBaseError('environment/no-key', 'This installation has no key to encrypt secrets with.', {
    hint: 'Set the secret: `openssl rand -base64 32 | wrangler secret put ENCRYPTION_KEY`. `npm run deploy` does it by itself.',
  });
}
