import { setupToken } from '@betterbase/protocol/admin';
import type { Workshop } from '../workshop.ts';

/** Where somebody becomes the first admin, while there is none. */
export async function setupLink(workshop: Workshop, url: string, key: string | null): Promise<string | null> {
  if (key === null || (await workshop.status(`${url}/setup`)) !== 200) return null;
  return `${url}/setup?token=${await setupToken(key)}`;
}
