import type { DocumentWrite, NormalizedSchema } from '@betterbase/engine';
import { quote } from './identifier.ts';
import type { SqlDisk } from './sql-disk.ts';

/**
 * How many documents each table has, so that counting a whole table reads nothing.
 *
 * Kept as a text in the row that every commit writes anyway (the outcome's, or that of the version).
 * Always true: it never changes; what a commit makes of it takes its place when the commit has succeeded.
 */
export class TableCounts {
  readonly #counts: ReadonlyMap<string, number>;
  readonly #numbers: ReadonlyMap<string, number>;
  #said: string | null = null;

  constructor(numbers: ReadonlyMap<string, number>, counts: ReadonlyMap<string, number>) {
    this.#numbers = numbers;
    this.#counts = counts;
  }

  static count(schema: NormalizedSchema, count: (table: string) => number): TableCounts {
    return new TableCounts(numbersOf(schema), new Map(schema.tables.map(({ name }) => [name, count(name)])));
  }

  /** From what `text` gave at this version; tables that it does not name are counted. A text of another version says nothing. */
  static read(text: string | null, version: number, schema: NormalizedSchema, count: (table: string) => number): TableCounts {
    const [said, ...parts] = (text ?? '').split(' ');
    const known = new Map(
      said === String(version)
        ? parts.map((part) => part.split(':')).map(([number, documents]) => [Number(number), Number(documents)])
        : [],
    );
    const numbers = numbersOf(schema);
    return TableCounts.count(schema, (table) => known.get(numbers.get(table) ?? 0) ?? count(table));
  }

  of(table: string): number {
    return this.#counts.get(table) ?? 0;
  }

  after(writes: readonly DocumentWrite[]): TableCounts {
    let counts: Map<string, number> | null = null;
    for (const { table, before, after } of writes) {
      if ((before === null) === (after === null)) continue;
      counts ??= new Map(this.#counts);
      counts.set(table, (counts.get(table) ?? 0) + (before === null ? 1 : -1));
    }
    return counts === null ? this : new TableCounts(this.#numbers, counts);
  }

  text(version: number): string {
    this.#said ??= [...this.#counts].map(([table, count]) => ` ${this.#numbers.get(table) ?? 0}:${count}`).join('');
    return `${version}${this.#said}`;
  }
}

function numbersOf(schema: NormalizedSchema): ReadonlyMap<string, number> {
  return new Map(schema.tables.map(({ name, number }) => [name, number]));
}

/** By looking at all of them. */
export function countRows(disk: SqlDisk, table: string): number {
  return Number(disk.read(`SELECT COUNT(*) FROM ${quote(table)}`)[0]?.[0]);
}
