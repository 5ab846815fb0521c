import type { FoundKeyRow } from './key-store.ts';

/** So long after it was revoked elsewhere a key may still open a project's functions, ms. */
const patience = 5_000;
const mostKeys = 1_000;

/**
 * Keys that this isolate has looked up, by digest, so that calling functions with a key does not ask D1 each time.
 *
 * Always true: what it says was so at most five seconds ago.
 */
export class KnownKeys {
  readonly #known = new Map<string, { readonly row: FoundKeyRow | null; readonly until: number }>();

  /** Undefined: not known. Null: opens nothing. */
  find(digest: string, now: number): FoundKeyRow | null | undefined {
    const known = this.#known.get(digest);
    if (known === undefined || known.until <= now) return undefined;
    const expiresAt = known.row?.expiresAt ?? null;
    return expiresAt !== null && expiresAt <= now ? null : known.row;
  }

  keep(digest: string, row: FoundKeyRow | null, now: number): void {
    if (this.#known.size >= mostKeys) this.#known.clear();
    this.#known.set(digest, { row, until: now + patience });
  }

  /** Something was revoked here, or somebody may do something else. */
  forget(): void {
    this.#known.clear();
  }
}
