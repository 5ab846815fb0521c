/** What an app defines, found by loading its bundle in a thread of its own that can be ended. No server is needed. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { BetterBaseError } from '@betterbase/core';
import type { AppManifest } from '@betterbase/protocol';
import type { ManifestMessage } from './manifest-worker.ts';

const patience = 10_000;

/** @throws BetterBaseError `deployment/does-not-load`, or what the definitions themselves are refused with */
export async function readManifest(app: string): Promise<AppManifest> {
  const worker = new Worker(join(import.meta.dirname, 'manifest-worker.ts'), { workerData: app, env: {} });
  const { promise, resolve, reject } = Promise.withResolvers<AppManifest>();
  const timer = setTimeout(() => reject(doesNotLoad('its top-level code does not come to an end')), patience);
  worker.once('message', (message: ManifestMessage) => {
    if (message.ok) resolve(message.manifest);
    else reject(toError(message));
  });
  worker.once('error', (error) => reject(doesNotLoad(error instanceof Error ? error.message : String(error))));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

function toError(message: Extract<ManifestMessage, { ok: false }>): BetterBaseError {
  if (message.code === null) return doesNotLoad(message.text);
  return new BetterBaseError(message.code, message.text, message.hint === null ? {} : { hint: message.hint });
}

function doesNotLoad(reason: string): BetterBaseError {
  return new BetterBaseError('deployment/does-not-load', `The app does not load: ${reason}.`, {
    hint: 'Look at the code outside of functions.',
  });
}
