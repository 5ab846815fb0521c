import { z } from 'zod';
import { isPlainObject } from '../values/value.ts';
import { type EnvironmentName, type HyperdriveType, longestPollEvery } from './provider-manifest.ts';

/** As process.env names its values. */
const valueName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The value itself, or the name of the project's environment value: `{ env: 'DATABASE_URL' }`. It may be typed `undefined`, because that is what `process.env.X` is. */
function setting(name: string) {
  return z.custom<string | EnvironmentName | undefined>().transform((given: unknown, context): string | EnvironmentName => {
    if (typeof given === 'string' && given !== '') return given;
    if (isPlainObject(given) && typeof given['env'] === 'string' && valueName.test(given['env']) && Object.keys(given).length === 1)
      return { env: given['env'] };
    const isMissing = given === undefined || given === '';
    context.addIssue(
      isMissing
        ? `${name} is missing; name an environment value: { env: 'NAME' }`
        : `${name} must be a text or { env: 'NAME' } with the name of an environment value`,
    );
    return z.NEVER;
  });
}

const bindingName = z.string().regex(valueName, 'a binding’s name has letters, digits and "_"');

const bindingSchema = bindingName
  .refine((name) => name !== 'DB', 'DB is the platform’s own database; bind one for this project in wrangler.toml and name that')
  .default('APP_DB');

const everySeconds = z
  .number()
  .int('pollEvery is a whole number of seconds')
  .min(0, 'pollEvery is a number of seconds, or 0 for never')
  .max(longestPollEvery, 'pollEvery is a day at most: 86400')
  .optional();

/** A PostgreSQL that Hyperdrive is bound to, or one at an address. */
function hyperdriveSchema<Type extends HyperdriveType>(type: Type) {
  return z
    .strictObject({
      type: z.literal(type),
      binding: bindingName.optional(),
      connectionString: setting('connectionString').optional(),
      pollEvery: everySeconds,
    })
    .refine(({ binding, connectionString }) => (binding === undefined) !== (connectionString === undefined), {
      error: `${type} wants one of binding, the name of a Hyperdrive in wrangler.toml, and connectionString: { env: 'NAME' }`,
    });
}

/** Where documents rest. */
export const providerSchema = z.discriminatedUnion(
  'type',
  [
    z.strictObject({ type: z.literal('embedded') }),
    z.strictObject({ type: z.literal('d1'), binding: bindingSchema, pollEvery: everySeconds }),
    z.strictObject({ type: z.literal('turso'), url: setting('url'), authToken: setting('authToken'), pollEvery: everySeconds }),
    z.strictObject({ type: z.literal('neon'), connectionString: setting('connectionString'), pollEvery: everySeconds }),
    hyperdriveSchema('postgres'),
    hyperdriveSchema('supabase'),
  ],
  { error: ({ input }) => unknownProvider(input) },
);

export type ProviderType = z.output<typeof providerSchema>['type'];

const providerTypes = providerSchema.options.map((option) => option.shape.type.value).join(', ');

function unknownProvider(provider: unknown): string {
  if (typeof provider !== 'object' || provider === null) return `expected { type: … } with one of ${providerTypes}`;
  return providerAdvice('type' in provider ? provider.type : undefined);
}

/** What to use instead of a provider that there is none of. */
export function providerAdvice(type: unknown): string {
  if (type === 'planetscale')
    return 'planetscale (MySQL) is not supported; use neon or turso for a hosted database, or embedded for none to host';
  if (type === 'managed') return 'there is no managed database to sign up for; use embedded, which needs no account but Cloudflare’s';
  return `${type === undefined ? 'type is missing' : `${JSON.stringify(type)} is not known`}; use one of ${providerTypes}`;
}
