/** What an app is: its functions, tables and validators. */
import type { AuthProvider, IndexManifest, TableManifest, ValidatorJson } from '@betterbase/core';
import * as z from 'zod/mini';
import type { AppManifest, FunctionManifest } from '../../deployment.ts';
import { named } from './named.ts';

const field = z.object({ fieldType: z.lazy(() => validator), optional: z.boolean() });

export const validator: z.ZodMiniType<ValidatorJson> = named(
  'Validator',
  z.union([
    z.object({ type: z.enum(['string', 'number', 'boolean', 'null', 'bigint', 'bytes', 'any', 'datetime', 'fullText']) }),
    z.object({
      type: z.literal('id'),
      tableName: z.string(),
      onDelete: z.exactOptional(z.enum(['restrict', 'cascade', 'setNull'])),
    }),
    z.object({
      type: z.literal('literal'),
      value: z.union([z.string(), z.number(), z.boolean(), z.object({ $integer: z.string() }), z.object({ $float: z.string() })]),
    }),
    z.object({ type: z.literal('array'), value: z.lazy(() => validator) }),
    z.object({ type: z.literal('object'), value: z.record(z.string(), field) }),
    z.object({ type: z.literal('record'), keys: z.lazy(() => validator), values: field }),
    z.object({ type: z.literal('union'), value: z.array(z.lazy(() => validator)) }),
    z.object({ type: z.literal('vector'), dimensions: z.number() }),
  ]),
);

const index: z.ZodMiniType<IndexManifest> = named(
  'Index',
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('index'),
      name: z.string(),
      fields: z.array(z.string()),
      unique: z.boolean(),
      counted: z.exactOptional(z.literal(true)),
    }),
    z.object({ kind: z.literal('search'), name: z.string(), searchField: z.string(), filterFields: z.array(z.string()) }),
    z.object({
      kind: z.literal('vector'),
      name: z.string(),
      vectorField: z.string(),
      dimensions: z.number(),
      filterFields: z.array(z.string()),
      approximate: z.exactOptional(z.literal(true)),
    }),
  ]),
);

const table: z.ZodMiniType<TableManifest> = named(
  'Table',
  z.looseObject({
    name: z.string(),
    document: validator,
    indexes: z.array(index),
    renamedFrom: z.exactOptional(z.string()),
    renamedFields: z.exactOptional(z.record(z.string(), z.string())),
    defaults: z.exactOptional(z.record(z.string(), z.any())),
  }),
);

export const functionManifest: z.ZodMiniType<FunctionManifest> = named(
  'Function',
  z.object({
    path: z.string(),
    kind: z.enum(['query', 'mutation', 'action']),
    visibility: z.enum(['public', 'internal']),
    args: z.nullable(validator),
    returns: z.nullable(validator),
  }),
);

const tokenIssuer: z.ZodMiniType<AuthProvider> = z.any();

export const app: z.ZodMiniType<AppManifest> = named(
  'App',
  z.looseObject({
    functions: z.array(functionManifest),
    schema: z.looseObject({ tables: z.array(table), otherTables: z.exactOptional(z.literal(true)) }),
    routes: z.array(z.object({ method: z.string(), path: z.exactOptional(z.string()), pathPrefix: z.exactOptional(z.string()) })),
    auth: z.exactOptional(z.array(tokenIssuer)),
    limits: z.exactOptional(z.any()),
    migrations: z.exactOptional(z.array(z.object({ name: z.string(), table: z.string() }))),
  }),
);

/** Tables with columns, as `bb iac` shows them. */
export const schemaView = z.object({
  version: z.literal(1),
  deployment: z.nullable(z.string()),
  tables: z.array(
    z.object({
      name: z.string(),
      columns: z.array(z.object({ name: z.string(), type: z.string(), optional: z.boolean(), system: z.boolean() })),
      indexes: z.array(index),
      document: validator,
    }),
  ),
});

export const jobs = z.object({ scheduled: z.array(z.looseObject({})), crons: z.array(z.looseObject({})) });

export const realtime = z.object({
  clients: z.number(),
  subscriptions: z.number(),
  watched: z.array(z.object({ path: z.string(), subscriptions: z.number() })),
});

export const rows = z.object({ columns: z.array(z.string()), rows: z.array(z.unknown()), row_count: z.number() });

export const movableTable = named(
  'MovableTable',
  z.object({ table: z.string(), number: z.number(), document: validator, documents: z.number() }),
);

export const importSummary = named(
  'ImportSummary',
  z.object({
    tables: z.array(z.object({ table: z.string(), inserted: z.number(), replaced: z.number(), deleted: z.number() })),
  }),
);
