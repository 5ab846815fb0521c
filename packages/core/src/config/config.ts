/** The project's configuration (A14). Holds zod, so it must stay out of function bundles: see `runtime.ts`. */
import type { z } from 'zod';
import { BetterBaseError } from '../errors/betterbase-error.ts';
import { configSchema } from './config-schema.ts';

/** What `defineConfig` takes. */
export type BetterBaseConfig = z.input<typeof configSchema>;
/** The same with every default filled in. */
export type ResolvedConfig = z.output<typeof configSchema>;

export interface ConfigProblem {
  /** `provider.url`, `webhooks[0].events` */
  readonly path: string;
  readonly message: string;
}

/**
 * The default export of `betterbase.config.ts`.
 *
 * @example export default defineConfig({ project: { name: 'chat' }, provider: { type: 'embedded' } });
 * @throws BetterBaseError `config/invalid`, naming every problem at once.
 */
export function defineConfig(config: BetterBaseConfig): ResolvedConfig {
  const parsed = parseConfig(config);
  if (!parsed.success) throw parsed.error;
  return parsed.data;
}

/** The configuration with defaults filled in, or an error that names every problem. */
export function parseConfig(
  config: unknown,
): { readonly success: true; readonly data: ResolvedConfig } | { readonly success: false; readonly error: BetterBaseError } {
  const { success, data, error } = configSchema.safeParse(config);
  if (success) return { success, data };
  const problems = error.issues.flatMap(toProblems);
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return {
    success,
    error: new BetterBaseError('config/invalid', `Invalid BetterBase configuration: ${list}`, {
      hint: 'Change betterbase.config.ts.',
      details: problems,
    }),
  };
}

export function validateConfig(config: unknown): boolean {
  return parseConfig(config).success;
}

/** @throws BetterBaseError `config/invalid` */
export function assertConfig(config: unknown): asserts config is BetterBaseConfig {
  const parsed = parseConfig(config);
  if (!parsed.success) throw parsed.error;
}

function toProblems(issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: issue.message }];
  return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'is not a setting; is it misspelled?' }));
}

function pathOf(steps: readonly PropertyKey[]): string {
  const path = steps.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return path === '' ? 'config' : path.replace(/^\./, '');
}
