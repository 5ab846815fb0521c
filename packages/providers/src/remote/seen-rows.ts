import type { SqlRow } from '../sql/sql-value.ts';

/** More than this of one run are not worth their memory. */
const mostRows = 4_096;

/**
 * Rows that the run under way has read, so that changing a document that it has just found costs no round trip.
 *
 * Always true: they are of the version that the store stands at.
 */
export class SeenRows {
  readonly #rows = new Map<string, SqlRow>();

  /** Nothing that was seen counts any more: another run begins, or something is committed. */
  clear(): void {
    if (this.#rows.size > 0) this.#rows.clear();
  }

  /** @param rows as `TableCodec` decodes them, the id second */
  note(table: string, rows: readonly SqlRow[]): void {
    for (const row of rows) {
      if (this.#rows.size >= mostRows) return;
      // Whoever decodes it owns what he gets, and bytes are not copied for him.
      if (!row.some((value) => value instanceof ArrayBuffer)) this.#rows.set(`${table} ${String(row[1])}`, row);
    }
  }

  find(table: string, id: string): SqlRow | undefined {
    return this.#rows.get(`${table} ${id}`);
  }
}
