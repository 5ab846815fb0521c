/** The thread of `read-manifest.ts`: imports the bundle with the language in place of the runtime, and describes it. */
import { registerHooks } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { type ErrorCode, isBetterBaseError } from '@betterbase/core';
import { type AppModule, appManifest } from '@betterbase/engine';
import type { AppManifest } from '@betterbase/protocol';
import { isRecord } from '../json/is-record.ts';

export type ManifestMessage =
  | { readonly ok: true; readonly manifest: AppManifest }
  | { readonly ok: false; readonly code: ErrorCode | null; readonly text: string; readonly hint: string | null };

const language = import.meta.resolve('@betterbase/core');

registerHooks({
  resolve: (specifier, context, next) => (specifier === './runtime.js' ? { url: language, shortCircuit: true } : next(specifier, context)),
});

parentPort?.postMessage(await describe(String(workerData)));

async function describe(app: string): Promise<ManifestMessage> {
  try {
    const loaded: unknown = await import(`data:text/javascript;base64,${Buffer.from(app).toString('base64')}`);
    return { ok: true, manifest: await appManifest(toAppModule(loaded)) };
  } catch (error) {
    if (isBetterBaseError(error)) return { ok: false, code: error.code, text: error.message, hint: error.hint ?? null };
    return { ok: false, code: null, text: error instanceof Error ? error.message : String(error), hint: null };
  }
}

/** The bundle is our own bundler's, so its exports are known; what is in them is not. */
function toAppModule(loaded: unknown): AppModule {
  // Whose tokens it accepts may come from the project's environment, which is not here: a deployment finds out.
  const { modules, schema, http } = isRecord(loaded) ? loaded : {};
  const known = isRecord(modules)
    ? Object.entries(modules).map(([path, exports]): [string, Record<string, unknown>] => [path, isRecord(exports) ? exports : {}])
    : [];
  return { modules: Object.fromEntries(known), schema, http };
}
