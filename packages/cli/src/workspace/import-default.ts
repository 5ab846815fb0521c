import { statSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { isRecord } from '../json/is-record.ts';

/** The default export of a file of the app's, which runs in this process. It is read anew when it has changed. */
export async function importDefault(path: string): Promise<unknown> {
  // An app need not have installed the language to be read.
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier, specifier.startsWith('@betterbase/core') ? { ...context, parentURL: import.meta.url } : context),
  });
  try {
    const loaded: unknown = await import(`${pathToFileURL(path).href}?changed=${statSync(path).mtimeMs}`);
    return isRecord(loaded) ? loaded['default'] : null;
  } finally {
    hooks.deregister();
  }
}
