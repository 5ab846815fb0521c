import {
  type AuthConfigRules,
  BetterBaseError,
  fixedLimits,
  httpRoutes,
  isSchema,
  overFixedLimit,
  parseLimits,
  parseRowSecurity,
  readAuthConfig,
  readConvexSchema,
  schemaManifest,
} from '@betterbase/core';
import type { AppManifest, PolicyManifest, SchemaManifest } from '@betterbase/protocol';
import { appPolicies } from '../policy/policy-set.ts';
import type { ParsedPolicy } from '../policy/policy-tree.ts';
import { readCrons } from '../schedule/cron-table.ts';
import { appMigrations } from './app-migrations.ts';
import type { AppModule } from './app-module.ts';
import { FunctionRegistry } from './function-registry.ts';

/** @throws BetterBaseError `schema/invalid` */
export function appSchemaManifest(app: Pick<AppModule, 'schema'>): SchemaManifest {
  if (app.schema === null || app.schema === undefined) return { tables: [], otherTables: true };
  const schema = isSchema(app.schema) ? app.schema : readConvexSchema(app.schema);
  if (schema !== null) return schemaManifest(schema);
  throw new BetterBaseError('schema/invalid', 'betterbase/schema.ts does not export a schema.', {
    hint: 'Export one: export default defineSchema({ … }).',
  });
}

/** Everything the app defines. @throws BetterBaseError when it defines nonsense. */
export async function appManifest(app: AppModule, rules: AuthConfigRules = { isDevelopment: true }): Promise<AppManifest> {
  const registry = new FunctionRegistry(app);
  await readCrons(app.crons, registry);
  const functions = registry.manifest();
  if (functions.length > fixedLimits.functions.value)
    throw overFixedLimit('functions', functions.length, `The app has ${functions.length} functions`, 'Split it into several projects.');
  const auth = readAuthConfig(app.auth, rules);
  const limits = parseLimits(app.limits);
  const rls = parseRowSecurity(app.rls);
  const schema = appSchemaManifest(app);
  appPolicies(app, schema);
  const migrations = appMigrations(app, schema).map(({ name, table }) => ({ name, table }));
  return {
    functions,
    schema,
    routes: httpRoutes(app.http),
    ...(auth.length === 0 ? {} : { auth }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
    ...(rls.enabled && rls.auditLog === false ? {} : { rls }),
    ...(migrations.length === 0 ? {} : { migrations }),
    ...(app.policies === undefined || app.policies.length === 0 ? {} : { policies: app.policies.map(describePolicy) }),
  };
}

function describePolicy({ file, table, rules }: ParsedPolicy): PolicyManifest {
  return { file, table, rules: Object.fromEntries(Object.entries(rules).map(([rule, { text }]) => [rule, text])) };
}
