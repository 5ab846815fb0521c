import { existsSync, statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import { parseConfig, type ResolvedConfig } from '@betterbase/core/config';
import { isRecord } from '../json/is-record.ts';
import type { AppFolder } from './app-folder.ts';

/**
 * The app's `betterbase.config.ts` with defaults filled in; null if it has none.
 *
 * @throws BetterBaseError `config/invalid`
 */
export async function readConfig(app: AppFolder): Promise<ResolvedConfig | null> {
  const path = configPath(app);
  if (!existsSync(path)) return null;
  const parsed = parseConfig(await importDefault(path));
  if (!parsed.success) throw parsed.error;
  return parsed.data;
}

export function configPath(app: AppFolder): string {
  return join(app.root, 'betterbase.config.ts');
}

async function importDefault(path: string): Promise<unknown> {
  // An app need not have installed the language to be read.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, specifier.startsWith('@betterbase/core') ? { ...context, parentURL: import.meta.url } : context),
  });
  try {
    // It is read anew when it has changed.
    const loaded: unknown = await import(`${pathToFileURL(path).href}?changed=${statSync(path).mtimeMs}`);
    return isRecord(loaded) ? loaded['default'] : null;
  } catch (cause) {
    if (isBetterBaseError(cause)) throw cause;
    throw new BetterBaseError(
      'config/invalid',
      `betterbase.config.ts does not load: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  } finally {
    hooks.deregister();
  }
}
