import { type ProviderManifest, pollEvery } from '@betterbase/core';
import type { WireError } from '@betterbase/protocol';
import type { Checked } from '../checked.ts';
import { number, type SqlDisk } from '../sql-disk.ts';
import type { TaskWork } from '../turns/work.ts';

/** What was found to have been written by others. */
export interface Looked {
  /** Documents. */
  readonly changed: number;
  /** Rows that no document can be: taken back. */
  readonly refused: number;
}

export interface OutsideWatchParts {
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** Of the deployment that serves, as far as is known. */
  readonly provider: () => ProviderManifest;
  /** Comes after sleep: `provider` says how it is then. */
  readonly ready: () => Promise<void>;
  /** What the database says its version is; null: it does not say. */
  readonly databaseVersion: () => Promise<number | null>;
  /** The newest version that the engine knows; null while it sleeps. */
  readonly engineVersion: () => number | null;
  /** Whether anybody holds answers that must be kept fresh. */
  readonly hasWatchers: () => boolean;
  /** Looks at this time, also after sleep. */
  readonly lookAt: (at: number) => void;
  readonly add: (work: TaskWork) => void;
}

/** After what could not even be begun, ms. */
const retryDelay = 60_000;

const nothing: Looked = { changed: 0, refused: 0 };

/**
 * Sees to it that what other programs write to a project's database is noticed.
 *
 * Holds: when the database was last looked at; on disk, the version it had when everybody knew everything.
 * Always true: while somebody watches, a look is due, awake or asleep; answers given out of memory are not older than
 * `pollEvery`. A look asks for the version alone, and the engine is bothered only if that has moved.
 */
export class OutsideWatch {
  readonly #parts: OutsideWatchParts;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #isDue = false;
  #looking: Promise<void> | null = null;

  constructor(parts: OutsideWatchParts) {
    this.#parts = parts;
  }

  /** A turn has ended. */
  turned(): void {
    if (this.#isDue || !this.#parts.hasWatchers()) return;
    const every = pollEvery(this.#parts.provider());
    if (every === 0) return;
    this.#isDue = true;
    this.#parts.lookAt(this.#parts.now() + every * 1_000);
  }

  /** What must come before an answer out of memory; null: nothing. */
  fresh(): Promise<void> | null {
    const { now, engineVersion, provider } = this.#parts;
    const every = pollEvery(provider());
    if (every === 0 || engineVersion() === null || now() - this.#lookedAt <= every * 1_000) return null;
    this.#looking ??= this.#lookIfMoved().finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** It is time to look. Returns when to look again; null when nobody watches. */
  async ring(): Promise<number | null> {
    const { provider, ready, hasWatchers, now } = this.#parts;
    try {
      await ready();
    } catch (failure) {
      // The alarm that rings may not fail: the platform would drop it.
      console.error(JSON.stringify({ level: 'error', message: 'The project’s code could not be read.', failure: String(failure) }));
      return now() + retryDelay;
    }
    const every = pollEvery(provider());
    this.#isDue = every > 0 && hasWatchers();
    if (!this.#isDue) return null;
    await this.#lookIfMoved();
    return now() + every * 1_000;
  }

  /** Looks now. */
  async look(): Promise<Checked<Looked>> {
    const { provider, ready } = this.#parts;
    await ready();
    return provider().type === 'embedded' ? { ok: true, ...nothing } : await this.#ask();
  }

  /** Never fails: who cannot be asked now is asked again when it is time again, and until then nobody waits for him. */
  async #lookIfMoved(): Promise<void> {
    const version = await this.#parts.databaseVersion().catch(() => null);
    this.#lookedAt = this.#parts.now();
    if (version === null) return;
    const known = this.#parts.engineVersion() ?? this.#seen();
    if (version !== known && !(await this.#ask()).ok) return;
    this.#see(this.#parts.engineVersion() ?? version);
  }

  #ask(): Promise<Checked<Looked>> {
    return new Promise((resolve) => {
      const refuse = (error: WireError): void => resolve({ ok: false, error });
      // An engine that was started for it has looked.
      const settle: TaskWork['settle'] = (result) =>
        resolve({ ok: true, ...(result.do === 'looked' ? { changed: result.changed, refused: result.refused } : nothing) });
      try {
        this.#parts.add({ do: 'task', operation: { do: 'look' }, settle, refuse });
      } catch {
        refuse({ code: 'limit/overloaded', message: 'Too many calls are waiting in this project.', hint: 'Try again in a moment.' });
      }
    });
  }

  #seen(): number | null {
    const { disk } = this.#parts;
    if (disk.rows("SELECT 1 FROM sqlite_master WHERE name = 'outside_seen'").length === 0) return null;
    const [row] = disk.rows('SELECT version FROM outside_seen');
    return row === undefined ? null : number(row[0]);
  }

  #see(version: number): void {
    const { disk } = this.#parts;
    if (this.#seen() === version) return;
    disk.rows('CREATE TABLE IF NOT EXISTS outside_seen (only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL)');
    disk.rows('INSERT OR REPLACE INTO outside_seen (only, version) VALUES (1, ?)', version);
  }
}
