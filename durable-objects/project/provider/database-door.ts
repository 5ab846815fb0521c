import { RpcTarget } from 'cloudflare:workers';
import type { BatchAnswer, PassedDatabase, RemoteStatement, SqlDoor } from '@betterbase/providers';
import type { ProviderAddress } from './provider-address.ts';

/** What people call them, and what they speak. */
const kinds = {
  d1: { provider: 'D1', dialect: 'sqlite' },
  turso: { provider: 'Turso', dialect: 'sqlite' },
  neon: { provider: 'Neon', dialect: 'postgres' },
  postgres: { provider: 'PostgreSQL', dialect: 'postgres' },
  supabase: { provider: 'Supabase', dialect: 'postgres' },
} as const satisfies Record<ProviderAddress['type'], Omit<PassedDatabase, 'door'>>;

/**
 * What the engine's isolate gets of a database: one method, which ends with the call that brought it. The gate's own stub
 * would outlive the call, and project code could keep it.
 */
class DatabaseDoor extends RpcTarget implements SqlDoor {
  readonly #gate: SqlDoor;

  constructor(gate: SqlDoor) {
    super();
    this.#gate = gate;
  }

  batch(statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<BatchAnswer> {
    return this.#gate.batch(statements, mode);
  }
}

/** The way to a database, for one call. */
export function passDatabase({ type }: ProviderAddress, gate: SqlDoor): PassedDatabase {
  return { ...kinds[type], door: new DatabaseDoor(gate) };
}
