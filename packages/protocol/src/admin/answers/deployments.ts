import * as z from 'zod/mini';
import type { AppliedMigration, Deployment, SchemaChange, SchemaPlan } from '../../deployment.ts';
import type { CallLog } from '../../logs.ts';
import type { ProviderReport } from '../../provider-report.ts';
import { wireError } from './errors.ts';
import { instant, named } from './named.ts';

const change: z.ZodMiniType<SchemaChange> = named(
  'SchemaChange',
  z.object({
    kind: z.enum([
      'ADD_TABLE',
      'DROP_TABLE',
      'RENAME_TABLE',
      'ADD_COLUMN',
      'DROP_COLUMN',
      'RENAME_COLUMN',
      'ALTER_COLUMN',
      'ADD_INDEX',
      'DROP_INDEX',
      'RUN_MIGRATION',
    ]),
    table: z.string(),
    name: z.exactOptional(z.string()),
    from: z.exactOptional(z.string()),
    destructive: z.boolean(),
    documents: z.exactOptional(z.number()),
  }),
);

export const plan: z.ZodMiniType<SchemaPlan> = named(
  'SchemaPlan',
  z.object({ changes: z.array(change), consent: z.string(), losses: z.array(change) }),
);

export const migration: z.ZodMiniType<AppliedMigration> = named(
  'Migration',
  z.object({ name: z.string(), table: z.string(), deployment: z.string(), at: instant, documents: z.number() }),
);

export const deployment: z.ZodMiniType<Deployment> = named(
  'Deployment',
  z.object({
    id: z.string(),
    state: z.enum(['pending', 'active', 'replaced', 'failed']),
    createdAt: instant,
    message: z.nullable(z.string()),
    by: z.nullable(z.string()),
    milliseconds: z.nullable(z.number()),
    changes: z.array(change),
    progress: z.exactOptional(z.object({ table: z.string(), done: z.number(), total: z.number() })),
    error: z.nullable(wireError),
  }),
);

export const providerReport: z.ZodMiniType<ProviderReport> = named(
  'ProviderReport',
  z.object({
    type: z.enum(['embedded', 'd1', 'turso', 'neon', 'postgres', 'supabase']),
    isAvailable: z.boolean(),
    database: z.nullable(
      z.object({
        dialect: z.enum(['sqlite', 'postgres']),
        version: z.nullable(z.string()),
        latency: z.object({ first: z.number(), later: z.number() }),
        capabilities: z.array(
          z.object({ name: z.enum(['tables', 'full text', 'vectors']), isThere: z.boolean(), note: z.nullable(z.string()) }),
        ),
        documents: z.nullable(
          z.object({
            missing: z.array(
              z.object({
                table: z.string(),
                what: z.enum(['table', 'column', 'index', 'trigger']),
                name: z.string(),
                sql: z.array(z.string()),
              }),
            ),
            refused: z.number(),
          }),
        ),
      }),
    ),
  }),
);

export const runOutcome = named(
  'Outcome',
  z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value: z.unknown() }), z.object({ ok: z.literal(false), error: wireError })]),
);

export const callLog: z.ZodMiniType<CallLog> = named(
  'Call',
  z.object({
    sequence: z.number(),
    at: instant,
    path: z.string(),
    kind: z.enum(['query', 'mutation', 'action', 'http']),
    requestId: z.string(),
    milliseconds: z.number(),
    cached: z.boolean(),
    rowsRead: z.number(),
    rowsWritten: z.number(),
    error: z.nullable(wireError),
    job: z.exactOptional(z.string()),
    stack: z.exactOptional(z.string()),
    lines: z.array(z.object({ level: z.enum(['log', 'info', 'warn', 'error', 'debug']), text: z.string() })),
  }),
);
