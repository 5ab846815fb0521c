import { join } from 'node:path';
import { requiredNodeModules } from '@betterbase/cli/platform';
import { type RemoteSql, RemoteSqlError } from '@betterbase/providers';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { type BatchAnswer, type DriverChoice, fromJson, toJson } from './batch-wire.ts';

/** Our drivers inside workerd, used from a test as if they were here. */
export class DriverWorker {
  readonly #miniflare: Miniflare;

  private constructor(miniflare: Miniflare) {
    this.#miniflare = miniflare;
  }

  static async start(): Promise<DriverWorker> {
    const script = await bundleForWorkers(join(import.meta.dirname, 'worker.ts'));
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        modules: true,
        script,
        compatibilityDate: '2026-10-23',
        compatibilityFlags: ['nodejs_compat'],
        d1Databases: ['DATABASE'],
      }),
    );
    await miniflare.ready;
    return new DriverWorker(miniflare);
  }

  open(choice: DriverChoice): RemoteSql {
    return {
      dialect: choice.driver === 'neon' || choice.driver === 'postgres' ? 'postgres' : 'sqlite',
      batch: async (statements, mode) => {
        const response = await this.#miniflare.dispatchFetch('http://drivers/', {
          method: 'POST',
          body: toJson({ choice, statements, mode }),
        });
        const text = await response.text();
        if (!response.ok) throw new Error(`The Worker failed: ${text}`);
        const answer = fromJson<BatchAnswer>(text);
        if (answer.ok) return answer.results;
        throw new RemoteSqlError(answer.failure, answer.message);
      },
    };
  }

  async stop(): Promise<void> {
    await this.#miniflare.dispose();
  }
}

async function bundleForWorkers(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'esnext',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    plugins: [requiredNodeModules],
    minify: true,
    write: false,
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
