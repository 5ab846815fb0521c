/** Where the platform's own sources and artefacts are, seen from this package. */
import { realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const checkoutRoot = resolve(realpathSync(import.meta.dirname), '../../../..');

export const platformFiles = {
  runtimeEntry: join(checkoutRoot, 'durable-objects/engine/runtime.ts'),
  engineFolder: join(checkoutRoot, 'durable-objects/engine'),
  runtimeText: join(checkoutRoot, 'durable-objects/engine/dist/runtime.txt'),
  authEntry: join(checkoutRoot, 'workers/auth/isolate.ts'),
  authText: join(checkoutRoot, 'workers/auth/dist/auth.txt'),
  guest: join(checkoutRoot, 'durable-objects/engine/guest.ts'),
  staticEntry: join(checkoutRoot, 'workers/gateway/static.ts'),
  openApiText: join(checkoutRoot, 'workers/gateway/dist/openapi.txt'),
  contract: join(checkoutRoot, 'packages/protocol/src/admin'),
  workerEntry: join(checkoutRoot, 'workers/gateway/index.ts'),
  lockfile: join(checkoutRoot, 'package-lock.json'),
  migrations: join(checkoutRoot, 'migrations'),
  dashboard: join(checkoutRoot, 'dashboard/public'),
  artefacts: join(checkoutRoot, 'packages/cli/dist/platform'),
  core: join(checkoutRoot, 'packages/core/src/index.ts'),
} as const;
