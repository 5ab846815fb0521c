import { isBetterBaseError } from '@betterbase/core';
import type { TableStep } from '@betterbase/engine';
import { plainTexts } from '../sql/plain-texts.ts';
import type { RemoteDialect } from './dialects.ts';
import type { RemoteLink } from './remote-link.ts';

/** Whether the database compares vectors itself, if some table wants that. */
export async function enableVectors(
  { link, dialect }: { readonly link: RemoteLink; readonly dialect: RemoteDialect },
  changed: readonly TableStep[],
): Promise<boolean> {
  const { vectors } = dialect;
  if (vectors === null || !changed.some(({ next }) => next.indexes.some(({ kind }) => kind === 'vector'))) return false;
  try {
    const [offered = []] = await link.read(plainTexts([vectors.offered]));
    if (offered.length > 0 && vectors.enable !== null) await link.write(plainTexts([vectors.enable]));
    return offered.length > 0;
  } catch (error) {
    // It does not know them, or we may not switch them on: then vectors are compared here.
    if (isBetterBaseError(error) && error.code === 'provider/refused') return false;
    throw error;
  }
}
