/** All that `bb dev` tells. With `--json` each is one line of it. */
import type { CallLog, SchemaChange } from '@betterbase/protocol';
import type { Failure } from '../terminal/error-report.ts';

export type DevEvent =
  | { readonly event: 'ready'; readonly url: string }
  | { readonly event: 'app'; readonly url: string }
  /** Nobody administers this installation by name yet; here somebody can begin to. */
  | { readonly event: 'setup'; readonly url: string }
  /** Where documents rest, if not in the project. */
  | {
      readonly event: 'database';
      readonly provider: string;
      /** On this machine without anybody's doing, or where the environment values lead. */
      readonly place: 'here' | 'elsewhere';
      /** Names of the environment values that lead there. */
      readonly values: readonly string[];
      /** For programs that look at databases: a file, a connection string, a binding. */
      readonly tools: string | null;
    }
  | {
      readonly event: 'deployed';
      readonly id: string;
      readonly milliseconds: number;
      readonly changes: readonly SchemaChange[] /** Policies are not enforced. */;
      readonly isOpen?: true;
    }
  | { readonly event: 'failed'; readonly failure: Failure }
  | { readonly event: 'call'; readonly call: CallLog }
  /** `call` is null if nobody can tell what was running. */
  | {
      readonly event: 'broke';
      readonly breakdown: 'hung' | 'died';
      readonly call: { readonly path: string; readonly kind: string; readonly requestId: string } | null;
      readonly message: string;
    }
  | { readonly event: 'back'; readonly milliseconds: number }
  | { readonly event: 'output'; readonly source: 'platform' | 'app'; readonly text: string }
  | { readonly event: 'stopped' };
