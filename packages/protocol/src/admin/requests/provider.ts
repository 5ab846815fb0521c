import type { ProviderManifest } from '@betterbase/core';
import * as z from 'zod/mini';

const name = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name'), z.maxLength(128));
const environmentName = z.strictObject({ env: name });

const pollEvery = z.exactOptional(z.int().check(z.gte(0), z.lte(86_400)));

const hyperdriveType = z.literal(['postgres', 'supabase']);

/** Where a project's documents rest. */
export const provider: z.ZodMiniType<ProviderManifest> = z.union([
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('embedded') }),
    z.strictObject({ type: z.literal('d1'), binding: name, pollEvery }),
    z.strictObject({
      type: z.literal('turso'),
      url: z.union([z.string().check(z.minLength(1), z.maxLength(2_000)), environmentName]),
      authToken: environmentName,
      pollEvery,
    }),
    z.strictObject({ type: z.literal('neon'), connectionString: environmentName, pollEvery }),
    z.strictObject({ type: hyperdriveType, connectionString: environmentName, pollEvery }),
  ]),
  z.strictObject({ type: hyperdriveType, binding: name, pollEvery }),
]);
