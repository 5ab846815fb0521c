import type { RowAnswer, RowOperation } from '@betterbase/providers/rows';
import { type SqlDisk, text, textOrNull } from '../sql-disk.ts';

/** Sessions remembered as alive. */
const mostKnown = 10_000;

export interface LiveSessionsParts {
  readonly disk: SqlDisk;
  readonly now: () => number;
  /** A session of this user has ended, or the user must not go on. */
  readonly ended: (user: string) => void;
}

/**
 * Which of the users' sessions go on.
 *
 * Holds: those that were found alive, until what is written about them says otherwise.
 * Always true: all that is written about sessions and users comes by here, so an end is known at once.
 */
export class LiveSessions {
  readonly #parts: LiveSessionsParts;
  readonly #known = new Map<string, { readonly user: string; readonly until: number }>();

  constructor(parts: LiveSessionsParts) {
    this.#parts = parts;
  }

  isAlive(session: string, user: string): boolean {
    let known = this.#known.get(session) ?? null;
    if (known === null) {
      known = this.#read(session);
      if (known === null) return false;
      this.#known.set(session, known);
      const [oldest] = this.#known.keys();
      if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
    }
    return known.user === user && known.until > this.#parts.now();
  }

  /** Something was written. */
  written({ do: done, table }: RowOperation, { rows }: RowAnswer): void {
    if (done === 'find' || done === 'count' || done === 'insert') return;
    if (table === 'session') {
      for (const { id } of rows) this.#known.delete(String(id));
      if (done === 'delete') this.#end(rows.map(({ userId }) => String(userId)));
    }
    if (table === 'user') {
      const over = rows.filter(({ banned }) => done === 'delete' || banned === 1).map(({ id }) => String(id));
      this.#known.clear();
      this.#end(over);
    }
  }

  #end(users: readonly string[]): void {
    for (const user of new Set(users)) this.#parts.ended(user);
  }

  #read(session: string): { readonly user: string; readonly until: number } | null {
    const [row] = this.#parts.disk.rows(
      'SELECT s.userId, s.expiresAt, u.banned, u.banExpires FROM auth_session AS s JOIN auth_user AS u ON u.id = s.userId WHERE s.id = ?',
      session,
    );
    if (row === undefined) return null;
    const [user, expiresAt, banned, banExpires] = row;
    if (banned === 1 && !(Date.parse(textOrNull(banExpires) ?? '') <= this.#parts.now())) return null;
    return { user: text(user), until: Date.parse(text(expiresAt)) };
  }
}
