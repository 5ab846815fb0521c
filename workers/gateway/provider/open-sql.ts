import { BetterBaseError } from '@betterbase/core';
import type { RemoteSql } from '@betterbase/providers';
import { D1Sql } from '@betterbase/providers/d1';
import type { ProviderAddress } from '../../../durable-objects/project/provider/provider-address.ts';
import { checkConnectionString, httpAddress } from './database-address.ts';

export interface OpenRules {
  /** The project database of this name; null if none is bound. */
  readonly databaseNamed: (binding: string) => D1Database | null;
  readonly isDevelopment: boolean;
}

/**
 * The driver of a database. Sends nothing yet. Drivers are heavy, and loaded when a project needs them.
 *
 * @throws BetterBaseError `provider/unknown-binding`, `provider/bad-address`, `provider/not-available`
 * @throws RemoteSqlError for an address that the driver does not take
 */
export async function openSql(address: ProviderAddress, { databaseNamed, isDevelopment }: OpenRules): Promise<RemoteSql> {
  switch (address.type) {
    case 'd1': {
      const database = databaseNamed(address.binding);
      if (database === null) throw unknownBinding(address.binding);
      return new D1Sql(database);
    }
    case 'turso': {
      const { TursoSql } = await import('@betterbase/providers/turso');
      return new TursoSql({ url: httpAddress(address.url, isDevelopment), authToken: address.authToken });
    }
    case 'neon': {
      checkConnectionString(address.connectionString, isDevelopment);
      const { NeonSql } = await import('@betterbase/providers/neon');
      return new NeonSql({ connectionString: address.connectionString });
    }
    case 'postgres':
    case 'supabase':
      throw needsHyperdrive(address.type);
    default:
      return address satisfies never;
  }
}

function unknownBinding(binding: string): BetterBaseError {
  return new BetterBaseError('provider/unknown-binding', `No D1 database for projects is bound as \`${binding}\`.`, {
    hint: `Add a [[d1_databases]] block with binding = "${binding}" to wrangler.toml and deploy the platform again. The platform’s own database is not for projects.`,
    details: { binding },
  });
}

/** What speaks HTTP at Neon is not there; asking would hand the password to whoever is. */
function needsHyperdrive(type: string): BetterBaseError {
  return new BetterBaseError('provider/not-available', `This installation has no way to reach a ${type} database.`, {
    hint: 'Use neon, turso or d1.',
  });
}
