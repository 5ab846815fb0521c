import { BetterBaseError } from '@betterbase/core';
import type { RemoteSql } from '@betterbase/providers';
import { D1Sql } from '@betterbase/providers/d1';
import type { PostgresSqlOptions } from '@betterbase/providers/postgres';
import type { ProviderAddress } from '../../../durable-objects/project/provider/provider-address.ts';
import { checkConnectionString, httpAddress, isThisMachine } from './database-address.ts';

export interface OpenRules {
  /** The project database of this name; null if none is bound. */
  readonly databaseNamed: (binding: string) => D1Database | null;
  /** The connection string of the Hyperdrive of this name; null if none is bound. */
  readonly hyperdriveNamed: (binding: string) => string | null;
  readonly isDevelopment: boolean;
}

type ReachedByString = Extract<ProviderAddress, { readonly connectionString: string }>;

/**
 * The driver of a database. Sends nothing yet. Drivers are heavy, and loaded when a project needs them.
 *
 * @throws BetterBaseError `provider/unknown-binding`, `provider/bad-address`
 * @throws RemoteSqlError for an address that the driver does not take
 */
export async function openSql(address: ProviderAddress, { databaseNamed, hyperdriveNamed, isDevelopment }: OpenRules): Promise<RemoteSql> {
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
    case 'supabase': {
      const reached =
        'binding' in address
          ? throughHyperdrive(address.binding, hyperdriveNamed(address.binding), isDevelopment)
          : overTheInternet(address, isDevelopment);
      const { PostgresSql } = await import('@betterbase/providers/postgres');
      return new PostgresSql(reached);
    }
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

/** Hyperdrive itself speaks TLS to the database. */
function throughHyperdrive(binding: string, connectionString: string | null, isDevelopment: boolean): PostgresSqlOptions {
  if (connectionString !== null) return { connectionString, isEncrypted: false };
  throw new BetterBaseError('provider/unknown-binding', `No Hyperdrive is bound as \`${binding}\`.`, {
    hint: isDevelopment
      ? `Start bb dev with CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_${binding} set to a connection string.`
      : `Make one with \`wrangler hyperdrive create … --caching-disabled\`, add a [[hyperdrive]] block with binding = "${binding}" to wrangler.toml, and deploy the platform again.`,
    details: { binding },
  });
}

function overTheInternet({ type, connectionString }: ReachedByString, isDevelopment: boolean): PostgresSqlOptions {
  checkConnectionString(connectionString, isDevelopment);
  const isEncrypted = !isThisMachine(connectionString);
  if (type === 'supabase' && isEncrypted)
    throw new BetterBaseError('provider/bad-address', 'Supabase’s certificates are signed by itself, and Workers do not trust them.', {
      hint: "Bind a Hyperdrive to the database, and name it: provider: { type: 'supabase', binding: 'HYPERDRIVE' }.",
    });
  return { connectionString, isEncrypted };
}
