import type { MiniflareOptions } from 'miniflare';

/** A socket straight into the Worker, and no dashboard, for which Miniflare would put two Workers of its own in front of ours. */
export function withoutDashboard(options: MiniflareOptions): MiniflareOptions {
  return {
    ...options,
    workers: options.workers.map(({ config: { assets: _dashboard, env, ...config }, ...worker }) => ({
      ...worker,
      config: { ...config, env: Object.fromEntries(Object.entries(env ?? {}).filter(([, { type }]) => type !== 'assets')) },
      dev: { ...worker.dev, unsafeDirectSockets: [{ host: '127.0.0.1' }] },
    })),
  };
}
