import type { CallError } from './sync/outcome.ts';

/** How the client stands with its project. The same object until something in it changes. */
export interface ConnectionState {
  /**
   * `idle`: nothing has been watched or called yet · `waiting`: lost, will try again · `stopped`: the server refused in a
   * way that trying again cannot help; `error` says why · `closed`: by `close()`.
   */
  readonly phase: 'idle' | 'connecting' | 'connected' | 'waiting' | 'stopped' | 'closed';
  readonly isConnected: boolean;
  readonly hasEverConnected: boolean;
  /** Connections made so far. */
  readonly connections: number;
  /** Failed attempts and lost connections since the last one that lasted. */
  readonly retries: number;
  readonly mutationsInFlight: number;
  readonly actionsInFlight: number;
  /** When the oldest call without an outcome was made, ms since 1970, or null. */
  readonly oldestCallAt: number | null;
  readonly error: CallError | null;
}

export function isSameState(one: ConnectionState, other: ConnectionState): boolean {
  return JSON.stringify({ ...one, error: null }) === JSON.stringify({ ...other, error: null }) && one.error === other.error;
}
