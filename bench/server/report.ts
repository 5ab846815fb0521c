import { findChild } from '../measure/process.ts';

/** What a host tells the benchmark once it serves. */
export interface HostReport {
  /** Straight into the Worker, past Miniflare's own entry Worker. */
  readonly url: string;
  /** The process that does the work; null where there is no /proc to find it in. */
  readonly server: number | null;
}

/** Sends the report to the benchmark, and ends this process when the benchmark lets go of it, or is gone. */
export function report(url: URL, dispose: () => Promise<void>): void {
  const message: HostReport = { url: url.href, server: findChild(process.pid, 'workerd') };
  process.once('disconnect', () => void dispose().finally(() => process.exit()));
  process.send?.(message);
}
