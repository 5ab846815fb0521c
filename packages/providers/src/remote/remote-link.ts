import { BetterBaseError } from '@betterbase/core';
import type { SqlRow, SqlText } from '../sql/sql-value.ts';
import { conflict } from '../sql/standing.ts';
import { toProviderError } from './provider-error.ts';
import { type RemoteResult, type RemoteSql, RemoteSqlError } from './remote-sql.ts';

const versionText: SqlText = { sql: 'SELECT version, last_commit FROM _bb_meta', params: [] };

/** A commit of ours that is under way. */
export interface Flight {
  readonly version: number;
  /** What `last_commit` is then. No other commit has the same. */
  readonly mark: string;
}

export interface WriteOptions {
  /** It builds on what is under way, and may arrive before it. Is it refused for its version, that says nothing of others. */
  readonly mayBeEarly?: boolean;
}

/** Whether a write was refused for the version that the database has. */
export function isAtOtherVersion(failure: unknown): boolean {
  return (
    failure instanceof RemoteSqlError &&
    failure.failure.kind === 'constraint' &&
    failure.failure.names.some((name) => name.endsWith('_bb_meta.version'))
  );
}

/** Goes first in a batch that is good for one version alone: at another it violates NOT NULL, and nothing of the batch happens. */
export function versionGuard(version: number): SqlText {
  return { sql: 'UPDATE _bb_meta SET version = CASE WHEN version = CAST(? AS BIGINT) THEN version END', params: [version] };
}

/**
 * The line to a database elsewhere that others may write to, too.
 *
 * Holds: the version that everything is read at, and our own commits under way. Does not hold: what the statements mean.
 * Always true: what it gives is as of that version, or of one that a commit under way makes of it: whoever reads what such a
 * commit writes waits for it. Once that cannot be said any more, or nobody knows what became of a write, it is lost: it gives
 * nothing until it stands at a version again.
 */
export class RemoteLink {
  readonly #sql: RemoteSql;
  readonly #provider: string;
  #version = -1;
  #lost: BetterBaseError | null = null;
  #isBehind = false;
  readonly #flights = new Set<Flight>();

  constructor(sql: RemoteSql, provider: string) {
    this.#sql = sql;
    this.#provider = provider;
  }

  get lost(): BetterBaseError | null {
    return this.#lost;
  }

  /** It is lost because the database has moved on. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** From now on everything is as of this version. */
  stand(version: number): void {
    this.#version = version;
    this.#lost = null;
    this.#isBehind = false;
  }

  /** A commit is about to be sent. */
  departs(flight: Flight): void {
    this.#flights.add(flight);
  }

  /** It has happened. That others have written meanwhile is not forgotten by this. */
  landed(flight: Flight): void {
    if (this.#flights.delete(flight)) this.#version = flight.version;
  }

  /** It has not happened, or nobody knows whether it has. */
  failed(flight: Flight): void {
    this.#flights.delete(flight);
  }

  /** Something has to be caught up with before anything can be read. */
  fallBehind(version: number, newest: number): void {
    this.stand(version);
    this.#isBehind = true;
    this.lose(conflict(version, newest));
  }

  /** Gives nothing any more. Returns the reason. */
  lose<T>(reason: T): T {
    this.#lost ??= reason instanceof BetterBaseError ? reason : toLost(reason);
    return reason;
  }

  /** Looks at what is there, whatever the version. @throws RemoteSqlError */
  look(statements: readonly SqlText[], mode: 'read' | 'write'): Promise<readonly RemoteResult[]> {
    return this.#sql.batch(statements, mode);
  }

  /**
   * The rows of each statement, in one round trip.
   *
   * @throws BetterBaseError `commit/conflict` when the database has another version.
   */
  async read(statements: readonly SqlText[]): Promise<readonly (readonly SqlRow[])[]> {
    const isKnown = this.#knownVersions();
    const [version, ...results] = await this.#send([versionText, ...statements], 'read');
    this.#assertVersion(version, isKnown);
    return results.map(({ rows }) => rows);
  }

  /**
   * All, or nothing, in one round trip.
   *
   * @throws RemoteSqlError of kind `constraint`, for the caller to name. @throws BetterBaseError `commit/conflict`
   */
  async write(statements: readonly SqlText[], options: WriteOptions = {}): Promise<readonly RemoteResult[]> {
    return await this.#send(statements, 'write', options);
  }

  /**
   * What somebody else's statements give, in one round trip; those that read are as of the version, too.
   *
   * @throws RemoteSqlError of the kinds `constraint` and `refused`, for the caller to tell. @throws BetterBaseError
   */
  async ask(statements: readonly SqlText[], mode: 'read' | 'write'): Promise<readonly RemoteResult[]> {
    if (mode === 'write') return await this.#send(statements, mode, { keepsRefused: true });
    const isKnown = this.#knownVersions();
    const [version, ...results] = await this.#send([versionText, ...statements], mode, { keepsRefused: true });
    this.#assertVersion(version, isKnown);
    return results;
  }

  /** As `write`, where no constraint is expected to stand in the way. Sends nothing for an empty list. @throws BetterBaseError */
  async apply(statements: readonly SqlText[]): Promise<void> {
    if (statements.length === 0) return;
    try {
      await this.write(statements);
    } catch (failure) {
      throw this.named(failure);
    }
  }

  /** @throws BetterBaseError `provider/…` for what is left when its own constraints have been named. */
  named(failure: unknown): unknown {
    return failure instanceof RemoteSqlError ? toProviderError(this.#provider, failure) : failure;
  }

  /** Tells the versions that what is asked now may be answered at. */
  #knownVersions(): (version: number, mark: unknown) => boolean {
    const at = this.#version;
    const flights = [...this.#flights];
    return (version, mark) => version === at || flights.some((flight) => flight.version === version && flight.mark === mark);
  }

  #assertVersion(result: RemoteResult | undefined, isKnown: (version: number, mark: unknown) => boolean): void {
    const [version, mark] = result?.rows[0] ?? [];
    const newest = Number(version);
    if (newest !== this.#version && !isKnown(newest, mark)) throw this.#moved(conflict(this.#version, newest));
  }

  async #send(
    statements: readonly SqlText[],
    mode: 'read' | 'write',
    { keepsRefused = false, mayBeEarly = false }: WriteOptions & { readonly keepsRefused?: boolean } = {},
  ): Promise<readonly RemoteResult[]> {
    if (this.#lost !== null) throw this.#lost;
    try {
      return await this.#sql.batch(statements, mode);
    } catch (failure) {
      if (!(failure instanceof RemoteSqlError)) throw failure;
      const { kind } = failure.failure;
      switch (kind) {
        case 'constraint':
          if (!mayBeEarly && isAtOtherVersion(failure)) throw this.#moved(conflict(this.#version, null, failure));
          throw failure;
        case 'refused':
        case 'full':
          if (keepsRefused && kind === 'refused') throw failure;
          throw aboutTables.test(failure.message) ? this.lose(this.#told(failure)) : this.#told(failure);
        case 'credentials':
        case 'unreachable':
        case 'unknown':
        case 'busy':
        case 'overloaded':
        case 'asleep':
          throw this.lose(this.#told(failure));
        default:
          return kind satisfies never;
      }
    }
  }

  #told(failure: RemoteSqlError): BetterBaseError {
    return toProviderError(this.#provider, failure);
  }

  #moved(reason: BetterBaseError): BetterBaseError {
    this.#isBehind = true;
    return this.lose(reason);
  }
}

/** Somebody may have changed a table: what is missing is found out when the store is opened again. In SQLite's words, and in PostgreSQL's. */
const aboutTables = /no such (?:table|column|index)|does not exist/;

function toLost(cause: unknown): BetterBaseError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new BetterBaseError('internal/unexpected', message, { cause });
}
