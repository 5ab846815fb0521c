import { BetterBaseError, type ProviderManifest } from '@betterbase/core';
import * as z from 'zod/mini';
import { inEnglish } from '../schema-messages.ts';

const name = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name'), z.maxLength(128));
const environmentName = z.strictObject({ env: name });
const connectionString = environmentName;

const manifestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('embedded') }),
  z.strictObject({ type: z.literal('d1'), binding: name }),
  z.strictObject({
    type: z.literal('turso'),
    url: z.union([z.string().check(z.minLength(1), z.maxLength(2_000)), environmentName]),
    authToken: environmentName,
  }),
  z.strictObject({ type: z.literal(['neon', 'postgres', 'supabase']), connectionString }),
]);

/** @throws BetterBaseError `deployment/bad-bundle` */
export function parseProvider(given: unknown): ProviderManifest {
  const parsed = manifestSchema.safeParse(given, inEnglish);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ['provider', ...path.map(String)].join('.').concat(`: ${message}`));
  throw new BetterBaseError('deployment/bad-bundle', `The deployment’s provider is none: ${problems.join('; ')}.`, {
    hint: 'Deploy with `bb deploy`, which sends the provider of betterbase.config.ts.',
    details: { problems },
  });
}
