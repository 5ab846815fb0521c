/**
 * Large tables by hand: pages by key, counts by walking the index, FTS5, and a loop around a SELECT that compares every
 * vector. There is no index for vectors, so what ours finds roughly is found by the same loop here.
 */
import type { SqlStorage } from '@cloudflare/workers-types';
import { guardedRoomOf, roomOf, seatedRoom, textOf, vectorOf } from '../app/betterbase/_content.ts';
import type { LargeJob } from '../load/large-job.ts';

const chunk = 256;

export class Large {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    for (const table of ['fewRows', 'someRows', 'manyRows']) {
      sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, room TEXT NOT NULL, position REAL NOT NULL)`);
      sql.exec(`CREATE INDEX IF NOT EXISTS ${table}_by_room ON ${table} (room)`);
    }
    sql.exec('CREATE TABLE IF NOT EXISTS guardedRows (id INTEGER PRIMARY KEY, room TEXT NOT NULL, position REAL NOT NULL)');
    sql.exec('CREATE TABLE IF NOT EXISTS seats (room TEXT NOT NULL, role TEXT NOT NULL, PRIMARY KEY (room, role))');
    sql.exec('CREATE TABLE IF NOT EXISTS texts (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
    sql.exec("CREATE VIRTUAL TABLE IF NOT EXISTS texts_terms USING fts5(text, content='')");
    for (const table of ['fewVectors', 'manyVectors']) {
      sql.exec(`CREATE TABLE IF NOT EXISTS ${table} (id INTEGER PRIMARY KEY, embedding BLOB NOT NULL)`);
    }
  }

  run(job: LargeJob): string {
    switch (job.do) {
      case 'fill':
        for (let position = job.from; position < job.from + job.count; position++) this.#insert(job.table, position);
        return 'null';
      case 'page': {
        const rows = this.#sql
          .exec('SELECT * FROM someRows WHERE id > ? ORDER BY id LIMIT ?', Number(job.cursor ?? 0), job.items)
          .toArray();
        const isDone = rows.length < job.items;
        return JSON.stringify({ page: rows, isDone, continueCursor: String(rows.at(-1)?.['id'] ?? 0) });
      }
      case 'count':
        return JSON.stringify(this.#sql.exec(`SELECT count(*) AS n FROM ${job.table} WHERE room = ?`, job.room).one()['n']);
      case 'seen': {
        const text =
          'SELECT position FROM guardedRows WHERE EXISTS (SELECT 1 FROM seats WHERE seats.room = guardedRows.room AND seats.role = ?) ORDER BY id';
        return JSON.stringify(
          this.#sql
            .exec(text, 'anon')
            .toArray()
            .map((row) => row['position']),
        );
      }
      case 'search':
        return JSON.stringify(this.#search(job.words));
      case 'nearest':
        return JSON.stringify(this.#nearest(job.table.replace('Near', ''), vectorOf(job.number)));
      default:
        return job satisfies never;
    }
  }

  #insert(table: string, position: number): void {
    if (table === 'texts') {
      const text = textOf(position);
      const { id } = this.#sql.exec<{ id: number }>('INSERT INTO texts (text) VALUES (?) RETURNING id', text).one();
      this.#sql.exec('INSERT INTO texts_terms (rowid, text) VALUES (?, ?)', id, text);
    } else if (table.endsWith('Vectors')) {
      this.#sql.exec(`INSERT INTO ${table} (embedding) VALUES (?)`, new Float32Array(vectorOf(position)).buffer);
    } else if (table.endsWith('Rows')) {
      const isGuarded = table === 'guardedRows';
      if (isGuarded && position === 0) this.#sql.exec('INSERT INTO seats (room, role) VALUES (?, ?)', seatedRoom, 'anon');
      const room = isGuarded ? guardedRoomOf(position) : roomOf(position);
      this.#sql.exec(`INSERT INTO ${table} (room, position) VALUES (?, ?)`, room, position);
    }
  }

  /** The last word is the beginning of one. */
  #search(words: string): unknown {
    const match = `${words
      .split(' ')
      .map((word) => `"${word}"`)
      .join(' OR ')} *`;
    return this.#sql
      .exec(
        'SELECT id, text FROM (SELECT rowid AS place, rank AS score FROM texts_terms WHERE texts_terms MATCH ? ORDER BY rank LIMIT 10) JOIN texts ON id = place ORDER BY score',
        match,
      )
      .toArray();
  }

  #nearest(table: string, wanted: readonly number[]): number[] {
    const question = Float64Array.from(wanted);
    const own = Math.hypot(...wanted);
    const best: number[] = [];
    for (let last = 0, isOver = false; !isOver; ) {
      let rows = 0;
      for (const [id, blob] of this.#sql.exec(`SELECT id, embedding FROM ${table} WHERE id > ? ORDER BY id LIMIT ${chunk}`, last).raw()) {
        rows++;
        last = Number(id);
        const vector = new Float32Array(blob as ArrayBuffer);
        let product = 0;
        let squares = 0;
        for (let at = 0; at < vector.length; at++) {
          const element = vector[at] ?? 0;
          product += (question[at] ?? 0) * element;
          squares += element * element;
        }
        const score = product / (own * Math.sqrt(squares));
        if (best.length === 10 && score <= (best[9] ?? 0)) continue;
        best.push(score);
        best.sort((one, other) => other - one);
        if (best.length > 10) best.pop();
      }
      isOver = rows < chunk;
    }
    return best;
  }
}
