import { encodeValue, isUsersTable, type SchemaManifest } from '@betterbase/core';
import type { RowAnswer, RowOperation } from '@betterbase/providers/rows';
import { number, type SqlDisk, text, textOrNull } from '../sql-disk.ts';

/** Users told at once. */
const mostAtOnce = 100;
/** How long after a change it is looked for again, ms. */
const patience = 30_000;

export interface UserMirrorParts {
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** Of the app that is deployed; null while there is none. */
  readonly schema: () => SchemaManifest | null;
  /** Runs the platform's own mutation with these arguments, as JSON. @throws when it did not happen */
  readonly apply: (args: string) => Promise<void>;
  /** When it returns the object will be woken by then. */
  readonly guard: (at: number) => Promise<void>;
}

/**
 * Tells the app's data who its users are, where its schema has a table for that.
 *
 * Holds: on disk, which users have changed since they were told, and whether the table has been told of all.
 * Always true: a change of a user and the note of it are written together; what is told is what is true then, so telling it
 * twice does no harm.
 */
export class UserMirror {
  readonly #parts: UserMirrorParts;
  #telling: Promise<void> | null = null;

  constructor(parts: UserMirrorParts) {
    this.#parts = parts;
  }

  /** Prepares the tables. */
  open(): void {
    const { disk } = this.#parts;
    disk.rows('CREATE TABLE IF NOT EXISTS auth_outbox (user TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID');
    disk.rows('CREATE TABLE IF NOT EXISTS auth_mirror (only INTEGER PRIMARY KEY CHECK (only = 1))');
  }

  /** To be called together with the write. */
  written({ do: done, table }: RowOperation, { rows }: RowAnswer): void {
    if (table !== 'user' || done === 'find' || done === 'count' || !this.#isComplete()) return;
    for (const { id } of rows) this.#note(String(id));
  }

  /** Tells what has not been told. Never throws: what cannot be told now is kept for the alarm. */
  tell(): Promise<void> {
    this.#telling ??= this.#tell()
      .catch((failure: unknown) =>
        console.error(
          JSON.stringify({ level: 'error', message: 'The table of users is behind; it is tried again.', failure: String(failure) }),
        ),
      )
      .finally(() => {
        this.#telling = null;
      });
    return this.#telling;
  }

  /** When the alarm rings. Returns when it wants to be called again, or null. */
  async ring(): Promise<number | null> {
    if (this.#parts.disk.rows("SELECT 1 FROM sqlite_master WHERE name = 'auth_outbox'").length === 0) return null;
    await this.tell();
    return this.#waiting().length === 0 ? null : this.#parts.now() + patience;
  }

  async #tell(): Promise<void> {
    const { disk, schema, guard, now, apply } = this.#parts;
    const known = schema();
    if (known === null) return;
    if (!known.tables.some(isUsersTable)) {
      // A table that comes later is told of everybody.
      disk.rows('DELETE FROM auth_mirror');
      return;
    }
    if (!this.#isComplete())
      disk.transaction(() => {
        for (const [id] of disk.rows('SELECT id FROM auth_user')) this.#note(text(id));
        disk.rows('INSERT OR IGNORE INTO auth_mirror (only) VALUES (1)');
      });
    for (;;) {
      const waiting = this.#waiting();
      if (waiting.length === 0) return;
      await guard(now() + patience);
      await apply(this.#argsFor(waiting.map(({ user }) => user)));
      for (const { user, at } of waiting) disk.rows('DELETE FROM auth_outbox WHERE user = ? AND at = ?', user, at);
    }
  }

  #waiting(): readonly { readonly user: string; readonly at: number }[] {
    const rows = this.#parts.disk.rows('SELECT user, at FROM auth_outbox LIMIT ?', mostAtOnce);
    return rows.map(([user, at]) => ({ user: text(user), at: number(at) }));
  }

  /** `at` counts changes of one user: what changes while it is told is told again. */
  #note(user: string): void {
    this.#parts.disk.rows('INSERT INTO auth_outbox (user, at) VALUES (?, 1) ON CONFLICT (user) DO UPDATE SET at = at + 1', user);
  }

  #isComplete(): boolean {
    return this.#parts.disk.rows('SELECT 1 FROM auth_mirror').length > 0;
  }

  #argsFor(ids: readonly string[]): string {
    const rows = this.#parts.disk.rows(
      'SELECT id, name, email, image, role, metadata FROM auth_user WHERE id IN (SELECT value FROM json_each(?))',
      JSON.stringify(ids),
    );
    const users = rows.map(([id, name, email, image, role, metadata]) => ({
      id: text(id),
      name: text(name),
      email: text(email),
      image: textOrNull(image),
      role: textOrNull(role),
      metadata: parseMetadata(textOrNull(metadata)),
    }));
    const known = new Set(users.map(({ id }) => id));
    return JSON.stringify(encodeValue({ users, gone: ids.filter((id) => !known.has(id)) }));
  }
}

/** What administrators set: any JSON. */
function parseMetadata(json: string | null): null {
  return json === null ? null : (JSON.parse(json) as null);
}
