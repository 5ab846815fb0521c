import { z } from 'zod';
import { limitProblems } from '../limits/project-limits.ts';
import type { ProjectLimits } from '../limits/limit-table.ts';
import { defaultRowSecurity } from '../policies/row-security.ts';
import { isPlainObject } from '../values/value.ts';
import { providerSchema } from './provider.ts';
import { storageSchema } from './storage.ts';
import { optionalText, requiredText } from './texts.ts';
import { webhookSchema } from './webhook.ts';

const graphqlSchema = z.strictObject({ enabled: z.boolean().default(true) });

const vectorSchema = z.strictObject({
  enabled: z.boolean().default(false),
  provider: z.enum(['openai', 'cohere', 'huggingface', 'workers-ai', 'custom']).default('openai'),
  apiKey: optionalText(),
  model: optionalText(),
  dimensions: z.int().min(2).max(4096).optional(),
  endpoint: optionalText(),
});

const autoRestSchema = z.strictObject({
  enabled: z.boolean().default(true),
  excludeTables: z.array(z.string()).default([]),
  tables: z
    .record(z.string(), z.strictObject({ advancedFilters: z.boolean().default(false), maxLimit: z.int().min(1).default(1000) }))
    .default({}),
});

const branchingSchema = z.strictObject({
  enabled: z.boolean().default(true),
  maxPreviews: z.int().min(1).max(50).default(10),
  /** Seconds without a request after which a branch sleeps. */
  defaultSleepTimeout: z.int().min(60).default(3600),
  storageEnabled: z.boolean().default(true),
});

const rlsSchema = z.strictObject({
  enabled: z.boolean({ error: 'is true or false: whether asUser() asks the policies' }).default(defaultRowSecurity.enabled),
  auditLog: z
    .union([z.boolean(), z.literal('all')], { error: "is true (refused writes), 'all' (and refused reads by id) or false" })
    .default(defaultRowSecurity.auditLog),
});

const limitsSchema = z.custom<Partial<ProjectLimits>>(isPlainObject, 'must be an object of limits').superRefine((limits, context) => {
  for (const { name, message } of limitProblems(limits)) context.addIssue({ code: 'custom', path: [name], message });
});

/** `betterbase.config.ts`. Unknown keys are refused: most are misspelled ones. */
export const configSchema = z.strictObject(
  {
    project: z.strictObject({ name: requiredText('Project name is required') }, { error: 'Project name is required' }),
    provider: providerSchema.default({ type: 'embedded' }),
    storage: storageSchema.optional(),
    webhooks: z.array(webhookSchema).default([]),
    graphql: graphqlSchema.prefault({}),
    vector: vectorSchema.prefault({}),
    autoRest: autoRestSchema.prefault({}),
    branching: branchingSchema.prefault({}),
    /** Row-level security. */
    rls: rlsSchema.prefault({}),
    /** What the project may use, where it differs from the defaults. */
    limits: limitsSchema.optional(),
  },
  { error: 'expected an object, as defineConfig takes it' },
);
