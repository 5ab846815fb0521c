/** `drizzle.config.ts` for the database of a provider. */
import { BetterBaseError, type EnvironmentName, type ProviderManifest } from '@betterbase/core';
import { type KitDialect, postgresKit, sqliteKit } from './kit-dialect.ts';

export interface Kit {
  readonly schema: KitDialect;
  /** Text of `drizzle.config.ts`, without a header. */
  readonly config: string;
  /** Variables that drizzle-kit finds the database by. */
  readonly variables: readonly string[];
}

interface Place {
  readonly dialect: 'turso' | 'postgresql' | 'sqlite';
  /** More of the configuration, where the dialect alone does not say it. */
  readonly driver?: string;
  /** By drizzle-kit's names: a variable, or the value itself. */
  readonly credentials: Readonly<Record<string, EnvironmentName | string>>;
}

export interface KitFiles {
  readonly schema: string;
  readonly out: string;
  /** Names of the app's tables. */
  readonly tables: readonly string[];
}

/** @throws BetterBaseError `provider/cannot` for documents that nothing reaches from outside */
export function kitFor(provider: ProviderManifest, files: KitFiles): Kit {
  const place = placeOf(provider);
  const { dialect, driver, credentials } = place;
  const said = Object.entries(credentials).map(([name, value]) => `    ${name}: ${valueText(value)},\n`);
  const variables = Object.values(credentials).flatMap((value) => (typeof value === 'string' ? [] : [value.env]));
  return {
    schema: dialect === 'postgresql' ? postgresKit : sqliteKit,
    variables,
    config: `import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: '${dialect}',
${driver === undefined ? '' : `  driver: '${driver}',\n`}  schema: './${files.schema}',
  out: './${files.out}',
  // Whatever else is in the database is BetterBase's own, or yours.
  tablesFilter: [${files.tables.map((name) => `'${name}'`).join(', ')}],
  dbCredentials: {
${said.join('')}  },
});
`,
  };
}

function placeOf(provider: ProviderManifest): Place {
  switch (provider.type) {
    case 'turso':
      return { dialect: 'turso', credentials: { url: provider.url, authToken: provider.authToken } };
    case 'neon':
    case 'postgres':
    case 'supabase':
      // What Hyperdrive reaches it by is nobody's to read.
      return { dialect: 'postgresql', credentials: { url: 'binding' in provider ? { env: 'DATABASE_URL' } : provider.connectionString } };
    case 'd1':
      return {
        dialect: 'sqlite',
        driver: 'd1-http',
        credentials: {
          accountId: { env: 'CLOUDFLARE_ACCOUNT_ID' },
          databaseId: { env: 'CLOUDFLARE_DATABASE_ID' },
          token: { env: 'CLOUDFLARE_D1_TOKEN' },
        },
      };
    case 'embedded':
      throw new BetterBaseError(
        'provider/cannot',
        'The documents of an embedded project are in its own object, which no other program opens.',
        {
          hint: 'Read them with ctx.db.drizzle in a function (docs/sql.md), or keep them elsewhere (docs/providers.md).',
        },
      );
    default:
      return provider satisfies never;
  }
}

/** A variable that is not set is empty: what drizzle-kit says of that names the setting. */
function valueText(value: EnvironmentName | string): string {
  return typeof value === 'string' ? JSON.stringify(value) : `process.env['${value.env}'] ?? ''`;
}
