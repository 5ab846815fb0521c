import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import { parseConfig, type ResolvedConfig } from '@betterbase/core/config';
import type { AppFolder } from './app-folder.ts';
import { importDefault } from './import-default.ts';

/**
 * The app's `betterbase.config.ts` with defaults filled in; null if it has none.
 *
 * @throws BetterBaseError `config/invalid`
 */
export async function readConfig(app: AppFolder): Promise<ResolvedConfig | null> {
  const path = configPath(app);
  if (!existsSync(path)) return null;
  const parsed = parseConfig(await load(path));
  if (!parsed.success) throw parsed.error;
  return parsed.data;
}

export function configPath(app: AppFolder): string {
  return join(app.root, 'betterbase.config.ts');
}

async function load(path: string): Promise<unknown> {
  try {
    return await importDefault(path);
  } catch (cause) {
    if (isBetterBaseError(cause)) throw cause;
    throw new BetterBaseError(
      'config/invalid',
      `betterbase.config.ts does not load: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}
