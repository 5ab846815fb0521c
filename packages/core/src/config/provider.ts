import { z } from 'zod';
import { fromEnvironment } from './texts.ts';

/** Where documents rest. */
export const providerSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('embedded') }),
    z.strictObject({ type: z.literal('d1'), binding: z.string().min(1).default('DB') }),
    z.strictObject({ type: z.literal('turso'), url: fromEnvironment('url'), authToken: fromEnvironment('authToken') }),
    z.strictObject({ type: z.literal('neon'), connectionString: fromEnvironment('connectionString') }),
    z.strictObject({ type: z.literal('postgres'), connectionString: fromEnvironment('connectionString') }),
    z.strictObject({ type: z.literal('supabase'), connectionString: fromEnvironment('connectionString') }),
  ],
  { error: ({ input }) => unknownProvider(input) },
);

export type ProviderType = z.output<typeof providerSchema>['type'];

const providerTypes = providerSchema.options.map((option) => option.shape.type.value).join(', ');

function unknownProvider(provider: unknown): string {
  if (typeof provider !== 'object' || provider === null) return `expected { type: … } with one of ${providerTypes}`;
  const type: unknown = 'type' in provider ? provider.type : undefined;
  if (type === 'planetscale')
    return 'planetscale (MySQL) is not supported; use neon or turso for a hosted database, or embedded for none to host';
  if (type === 'managed') return 'there is no managed database to sign up for; use embedded, which needs no account but Cloudflare’s';
  return `${type === undefined ? 'type is missing' : `${JSON.stringify(type)} is not known`}; use one of ${providerTypes}`;
}
