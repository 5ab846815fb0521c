import { isPlainObject } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';

/** The call in which the previous process stopped answering, as the watchdog that ended it tells us. */
export type HangNotice =
  | { readonly kind: 'query'; readonly path: string; readonly error: WireError }
  | { readonly kind: 'mutation'; readonly session: string; readonly id: string; readonly path: string; readonly error: WireError };

/** Reads `BB_HANG`. Null when there is none, when it says nothing we could act on, or when it cannot be read. */
export function readHangNotice(text: string | undefined): HangNotice | null {
  if (text === undefined || text === '') return null;
  let notice: unknown;
  try {
    notice = JSON.parse(text);
  } catch {
    console.error(JSON.stringify({ level: 'error', message: 'BB_HANG is not JSON.' }));
    return null;
  }
  if (!isPlainObject(notice)) return null;
  const { path, kind, requestId, session, id } = notice;
  if (typeof path !== 'string') return null;
  const error: WireError = {
    code: 'function/timed-out',
    message: `\`${path}\` held the whole process and was ended. Nothing it did was kept.`,
    hint: 'Look for a loop that never ends. It is not run again until you deploy a change.',
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
  if (kind === 'query') return { kind, path, error };
  if (kind !== 'mutation' || typeof session !== 'string' || (typeof id !== 'string' && typeof id !== 'number')) return null;
  return { kind, session, id: String(id), path, error };
}
