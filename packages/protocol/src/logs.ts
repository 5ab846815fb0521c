/** One line per call, as `GET /admin/projects/<project>/logs` streams it (NDJSON). */
import type { WireError } from './wire-error.ts';

export interface LogLine {
  readonly level: 'log' | 'info' | 'warn' | 'error' | 'debug';
  readonly text: string;
}

export interface CallLog {
  /** Grows by one per entry; the cursor of `?after=`. */
  readonly sequence: number;
  /** ms since 1970 */
  readonly at: number;
  readonly path: string;
  readonly kind: 'query' | 'mutation' | 'action' | 'http';
  readonly requestId: string;
  /** Wall time in the engine or runner, ms. */
  readonly milliseconds: number;
  readonly cached: boolean;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly error: WireError | null;
  /** The scheduled function, or the run of a cron job, that this call was. */
  readonly job?: string;
  /** App errors keep their stack here; it never reaches callers. */
  readonly stack?: string;
  readonly lines: readonly LogLine[];
}
