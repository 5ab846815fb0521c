/**
 * The process that runs the platform in Miniflare. It leads a process group with workerd in it.
 *
 * Always true: when `bb dev` goes, however it goes, this process and workerd go too.
 */
import { Miniflare } from 'miniflare';
import { applyMigrations } from '../platform/apply-migrations.ts';
import { platformFiles } from '../platform/checkout.ts';
import { platformOptions } from '../platform/platform-options.ts';
import { killTree } from './kill-tree.ts';
import type { FromRuntime, RuntimeStart, ToRuntime } from './runtime-messages.ts';

let miniflare: Miniflare | null = null;

process.on('disconnect', () => killTree(process.pid));
// Ctrl-C in a terminal does not reach this group; whoever sends a signal by hand means the whole group.
process.on('SIGTERM', () => killTree(process.pid));

process.on('message', (message: ToRuntime) => {
  switch (message.type) {
    case 'start':
      void start(message.start);
      return;
    case 'stop':
      void stop();
      return;
    default:
      message satisfies never;
  }
});

async function start({ settings, appliesMigrations }: RuntimeStart): Promise<void> {
  try {
    const options = await platformOptions({ ...settings, onLog: (level, text) => tell({ type: 'line', level, text }) });
    // Miniflare would restart a crashed workerd without knowing what crashed it. `bb dev` does know.
    miniflare = new Miniflare({ ...options, unsafeHandleRuntimeRestart: () => process.exit(1) });
    await miniflare.ready;
    if (appliesMigrations) await applyMigrations(await miniflare.getD1Database('DB'), platformFiles.migrations);
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

async function stop(): Promise<void> {
  await miniflare?.dispose();
  process.exit(0);
}

function tell(message: FromRuntime): void {
  process.send?.(message);
}
