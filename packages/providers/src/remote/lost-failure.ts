import type { RemoteFailure } from './remote-sql.ts';

export type BatchMode = 'read' | 'write';

/** No answer. A read that may have happened has changed nothing, so only a write leaves a question. */
export function lostFailure(mode: BatchMode): RemoteFailure {
  return mode === 'read' ? { kind: 'unreachable' } : { kind: 'unknown' };
}

/** Cloudflare's own, of a server that its edge could not connect to, speak TLS with, or find. */
const neverConnected = new Set([521, 522, 523, 525, 526, 530]);

/** What an HTTP status without more says. Anything from a gateway may stand before a server that has carried it out. */
export function statusFailure(status: number, mode: BatchMode): RemoteFailure {
  if (status === 401 || status === 403 || status === 404) return { kind: 'credentials' };
  if (status === 429) return { kind: 'overloaded' };
  if (status === 507) return { kind: 'full' };
  if (neverConnected.has(status)) return { kind: 'unreachable' };
  return status < 500 ? { kind: 'refused' } : lostFailure(mode);
}
