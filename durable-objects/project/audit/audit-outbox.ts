import type { WireError } from '@betterbase/protocol';
import { type SqlDisk, text, textOrNull } from '../sql-disk.ts';
import type { AuditEntry, AuditNote } from './audit-entry.ts';

/** How long after a change its entry is looked for again, ms. */
const patience = 30_000;
/** Entries told at once. */
const mostAtOnce = 50;

export interface AuditOutboxParts {
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** Writes the entries to the log, each once. */
  readonly send: (entries: readonly AuditEntry[]) => Promise<void>;
  /** When it returns the object will be woken by then. */
  readonly guard: (at: number) => Promise<void>;
  /** When it returns everything written is on disk. */
  readonly sync: () => Promise<void>;
}

type Changed = { readonly ok: true } | { readonly ok: false; readonly error: Pick<WireError, 'code'> };

/**
 * Entries of the audit log on their way there.
 *
 * Holds: on disk, from before a change begins until the log has its entry.
 * Always true: no change that an entry speaks of begins before the entry is on disk and the alarm is set, so that none is
 * ever missing, whatever happens to this process or to the log. A change whose end nobody saw is told as `unknown`.
 */
export class AuditOutbox {
  readonly #parts: AuditOutboxParts;
  readonly #underWay = new Set<string>();
  #sending: Promise<void> = Promise.resolve();

  constructor(parts: AuditOutboxParts) {
    this.#parts = parts;
  }

  /** Makes a change and has it told. Without a note there is nothing to tell. */
  async around<Result extends Changed>(
    note: AuditNote | undefined,
    change: () => Promise<Result>,
    after?: (result: Extract<Result, { readonly ok: true }>) => unknown,
  ): Promise<Result> {
    if (note === undefined) return await change();
    const { now, guard, sync } = this.#parts;
    this.#underWay.add(note.id);
    this.#write(note);
    let outcome = 'unknown';
    let told: unknown = note.after;
    try {
      await guard(now() + patience);
      await sync();
      const result = await change();
      outcome = result.ok ? 'done' : result.error.code;
      if (isOk(result) && after !== undefined) told = after(result);
      return result;
    } finally {
      this.#settle(note, outcome, told);
      this.#underWay.delete(note.id);
      await this.drain();
    }
  }

  /** Tells what has not been told. What cannot be told now is kept for the alarm. Never throws. */
  drain(): Promise<void> {
    this.#sending = this.#sending.then(() => this.#drain());
    return this.#sending;
  }

  /** When the alarm rings. Returns when it wants to be called again, or null. */
  async ring(): Promise<number | null> {
    if (!this.#exists()) return null;
    await this.drain();
    return this.#waiting().length === 0 ? null : this.#parts.now() + patience;
  }

  async #drain(): Promise<void> {
    try {
      for (;;) {
        const entries = this.#waiting().filter(({ id }) => !this.#underWay.has(id));
        if (entries.length === 0) return;
        await this.#parts.send(entries);
        for (const { id } of entries) this.#parts.disk.rows('DELETE FROM audit_outbox WHERE id = ?', id);
        if (entries.length < mostAtOnce) return;
      }
    } catch (failure) {
      console.error(
        JSON.stringify({ level: 'error', message: 'The audit log could not be written; it is tried again.', failure: String(failure) }),
      );
    }
  }

  #write(note: AuditNote): void {
    const { disk } = this.#parts;
    disk.rows('CREATE TABLE IF NOT EXISTS audit_outbox (id TEXT PRIMARY KEY, note TEXT NOT NULL, outcome TEXT) WITHOUT ROWID');
    disk.rows('INSERT OR REPLACE INTO audit_outbox (id, note, outcome) VALUES (?, ?, NULL)', note.id, JSON.stringify(note));
  }

  #settle(note: AuditNote, outcome: string, after: unknown): void {
    this.#parts.disk.rows(
      'UPDATE audit_outbox SET outcome = ?, note = ? WHERE id = ?',
      outcome,
      JSON.stringify({ ...note, after }),
      note.id,
    );
  }

  #waiting(): readonly AuditEntry[] {
    const rows = this.#parts.disk.rows('SELECT note, outcome FROM audit_outbox LIMIT ?', mostAtOnce);
    return rows.map(([note, outcome]) => ({ ...parseNote(text(note)), outcome: textOrNull(outcome) ?? 'unknown' }));
  }

  #exists(): boolean {
    return this.#parts.disk.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'audit_outbox'").length > 0;
  }
}

function isOk<Result extends Changed>(result: Result): result is Extract<Result, { readonly ok: true }> {
  return result.ok;
}

/** As `#write` left it. */
function parseNote(json: string): AuditNote {
  return JSON.parse(json) as AuditNote;
}
