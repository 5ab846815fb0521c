/** What `bb dev` and the process that runs the platform say to each other. */
import type { PlatformSettings } from '../platform/platform-options.ts';

export interface RuntimeStart {
  readonly settings: Omit<PlatformSettings, 'onLog'>;
  /** False where an earlier start has done it. */
  readonly appliesMigrations: boolean;
}

export type ToRuntime = { readonly type: 'start'; readonly start: RuntimeStart } | { readonly type: 'stop' };

export type FromRuntime =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly message: string }
  /** A line that workerd printed. */
  | { readonly type: 'line'; readonly level: string; readonly text: string };
