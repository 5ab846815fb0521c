import type { RequestKey } from '../ports/document-store.ts';
import { announced } from '../run/announced.ts';
import type { HostGlobals } from '../run/guest-globals.ts';
import type { FunctionCall } from './turn.ts';

/** Runs a function, and says before and after that it does, where somebody may have to end it. */
export type Announce = <T>(kind: 'query' | 'mutation', call: FunctionCall, request: RequestKey | null, run: () => Promise<T>) => Promise<T>;

export function announcing(host: Pick<HostGlobals, 'print'>, isDevelopment: boolean): Announce {
  return async (kind, { path, requestId }, request, run) => {
    const running = { path, kind, requestId, session: request?.session ?? null, id: request?.id ?? null };
    return await announced(isDevelopment ? (line) => host.print(line) : null, running, run);
  };
}
