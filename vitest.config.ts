import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { configDefaults, defineConfig } from 'vitest/config';

const folders = '{packages,workers,durable-objects,migrations,dashboard,examples,bench,.ci}';
const slower = ['**/*.workers.test.ts', '**/*.journey.test.ts', '**/*.e2e.test.ts', '**/*.soak.test.ts'];
const never = [...configDefaults.exclude, '**/.betterbase/**', '**/templates/**'];

/** All of the machine: without it, one of two cores would do nothing. */
const maxWorkers = Math.max(2, availableParallelism() - 1);

/** `.txt` is a module of text, as it is for wrangler and esbuild; Vite would make a URL of it. */
const textModules = {
  name: 'text-modules',
  enforce: 'pre',
  load: (id: string) => (id.endsWith('.txt') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};` : null),
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        plugins: [textModules],
        test: {
          name: 'unit',
          maxWorkers,
          // Passwords are meant to take long, and longer beside another file.
          testTimeout: 20_000,
          include: [`${folders}/**/*.test.{ts,tsx}`],
          exclude: [...never, ...slower],
        },
      },
      {
        plugins: [
          textModules,
          cloudflareTest({
            main: '.ci/workers-test/worker.ts',
            wrangler: { configPath: 'wrangler.toml' },
            additionalExports: {
              TokenChecker: 'WorkerEntrypoint',
              ActionRunner: 'WorkerEntrypoint',
              ProviderGate: 'WorkerEntrypoint',
              AuditWriter: 'WorkerEntrypoint',
            },
            miniflare: {
              d1Databases: { APP_DB: 'app' },
              durableObjects: { SCRATCH: { className: 'ScratchObject', useSQLite: true } },
              bindings: { ADMIN_KEY: 'admin-key-of-tests' },
            },
          }),
        ],
        test: {
          name: 'workers',
          maxWorkers,
          include: [`${folders}/**/*.workers.test.ts`],
          exclude: never,
          // It is CommonJS that requires ES modules, which workerd cannot load one by one.
          deps: { optimizer: { ssr: { enabled: true, include: ['itty-durable'] } } },
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'journeys',
          include: [`${folders}/**/*.{journey,e2e}.test.ts`],
          exclude: never,
          // They wait more than they work, for processes that start and for time that passes.
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'soak',
          include: [`${folders}/**/*.soak.test.ts`],
          exclude: never,
          fileParallelism: false,
          testTimeout: 1_800_000,
        },
      },
    ],
  },
});
