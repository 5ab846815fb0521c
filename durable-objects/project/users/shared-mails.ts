import { number, type SqlDisk } from '../sql-disk.ts';

const hour = 60 * 60 * 1000;

/** How much of the installation's mail the project has used. */
export class SharedMails {
  readonly #disk: SqlDisk;
  readonly #now: () => number;

  constructor(disk: SqlDisk, now: () => number) {
    this.#disk = disk;
    this.#now = now;
  }

  /** Counts one more, unless this hour has had `most`. */
  take(most: number): boolean {
    const current = Math.floor(this.#now() / hour);
    this.#disk.rows('CREATE TABLE IF NOT EXISTS auth_mails (hour INTEGER PRIMARY KEY, sent INTEGER NOT NULL)');
    this.#disk.rows('DELETE FROM auth_mails WHERE hour < ?', current);
    const [row] = this.#disk.rows('SELECT sent FROM auth_mails WHERE hour = ?', current);
    if (row !== undefined && number(row[0]) >= most) return false;
    this.#disk.rows('INSERT INTO auth_mails (hour, sent) VALUES (?, 1) ON CONFLICT (hour) DO UPDATE SET sent = sent + 1', current);
    return true;
  }
}
