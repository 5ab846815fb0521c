import { BetterBaseError } from '@betterbase/core';
import { number, type SqlDisk } from './sql-disk.ts';

export type StandingState = 'open' | 'suspended' | 'deleted';

/**
 * Whether the project lets anybody in.
 *
 * Holds: on disk, only while it is suspended, since when. A deleted project has nothing left on disk; that it was deleted is
 * known until its process ends, which is at once.
 */
export class Standing {
  readonly #disk: SqlDisk;
  readonly #project: string;
  #state: StandingState | null = null;

  constructor(disk: SqlDisk, project: string) {
    this.#disk = disk;
    this.#project = project;
  }

  get state(): StandingState {
    this.#state ??= this.#read() === null ? 'open' : 'suspended';
    return this.#state;
  }

  /** @throws BetterBaseError `project/suspended`, `project/not-found` */
  assertOpen(): void {
    if (this.state === 'open') return;
    throw this.refusal();
  }

  refusal(): BetterBaseError {
    if (this.state === 'suspended')
      return new BetterBaseError('project/suspended', `Project \`${this.#project}\` is suspended.`, {
        hint: 'Whoever administers it can open it again: `bb projects resume`.',
      });
    return new BetterBaseError('project/not-found', `Project \`${this.#project}\` was deleted.`, {
      hint: 'Check the name in the address, or deploy it again: `bb deploy`.',
    });
  }

  suspend(now: number): void {
    this.#disk.rows('CREATE TABLE IF NOT EXISTS standing (only INTEGER PRIMARY KEY CHECK (only = 1), suspended_at INTEGER NOT NULL)');
    this.#disk.rows('INSERT OR IGNORE INTO standing (only, suspended_at) VALUES (1, ?)', now);
    this.#state = 'suspended';
  }

  resume(): void {
    if (this.#exists()) this.#disk.rows('DELETE FROM standing');
    this.#state = 'open';
  }

  deleted(): void {
    this.#state = 'deleted';
  }

  #read(): number | null {
    const row = this.#exists() ? this.#disk.rows('SELECT suspended_at FROM standing')[0] : undefined;
    return row === undefined ? null : number(row[0]);
  }

  #exists(): boolean {
    return this.#disk.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'standing'").length > 0;
  }
}
