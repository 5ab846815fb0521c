import type { Wrangler } from './wrangler.ts';

/** What deploying the platform needs of the world. */
export interface Workshop {
  /** The checkout. */
  readonly root: string;
  readonly wrangler: Wrangler;
  /** True if somebody sits at a terminal and can answer wrangler's questions. */
  readonly interactive: boolean;
  /** `CLOUDFLARE_ACCOUNT_ID`, if it is set. */
  readonly account: string | undefined;
  /** A new key that nobody can guess. */
  readonly newKey: () => string;
  /** HTTP status of a GET, or null if nothing answers. */
  status(url: string, key?: string): Promise<number | null>;
  wait(milliseconds: number): Promise<void>;
  readonly say: (line: string) => void;
}
