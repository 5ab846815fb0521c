import type { DocumentWrite, NormalizedSchema } from '@betterbase/engine';

/** A table in the list of counts. */
interface Place {
  readonly at: number;
  /** The number that the table's ids carry. */
  readonly number: number;
}

/**
 * How many documents each table has, so that counting a whole table reads nothing.
 *
 * Kept as a text in the row that every commit writes anyway (the outcome's, or that of the version).
 * Always true: it never changes; what a commit makes of it takes its place when the commit has succeeded.
 */
export class TableCounts {
  readonly #places: ReadonlyMap<string, Place>;
  readonly #counts: readonly number[];
  /** Each count as it is written: a commit changes one or two, and the others are not said anew. */
  readonly #said: readonly string[];

  constructor(places: ReadonlyMap<string, Place>, counts: readonly number[], said: readonly string[]) {
    this.#places = places;
    this.#counts = counts;
    this.#said = said;
  }

  static count(schema: NormalizedSchema, count: (table: string) => number): TableCounts {
    const places = new Map(schema.tables.map(({ name, number }, at) => [name, { at, number }]));
    const counts = schema.tables.map(({ name }) => count(name));
    return new TableCounts(
      places,
      counts,
      schema.tables.map(({ number }, at) => say(number, counts[at])),
    );
  }

  /** From what `text` gave at this version; tables that it does not name are counted. A text of another version says nothing. */
  static read(text: string | null, version: number, schema: NormalizedSchema, count: (table: string) => number): TableCounts {
    const [said, ...parts] = (text ?? '').split(' ');
    const known = new Map(
      said === String(version)
        ? parts.map((part) => part.split(':')).map(([number, documents]) => [Number(number), Number(documents)])
        : [],
    );
    const numbers = new Map(schema.tables.map(({ name, number }) => [name, number]));
    return TableCounts.count(schema, (table) => known.get(numbers.get(table) ?? 0) ?? count(table));
  }

  of(table: string): number {
    return this.#counts[this.#places.get(table)?.at ?? -1] ?? 0;
  }

  after(writes: readonly DocumentWrite[]): TableCounts {
    let counts: number[] | null = null;
    let said: string[] | null = null;
    for (const { table, before, after } of writes) {
      const place = this.#places.get(table);
      if ((before === null) === (after === null) || place === undefined) continue;
      counts ??= [...this.#counts];
      said ??= [...this.#said];
      const count = (counts[place.at] ?? 0) + (before === null ? 1 : -1);
      counts[place.at] = count;
      said[place.at] = say(place.number, count);
    }
    return counts === null || said === null ? this : new TableCounts(this.#places, counts, said);
  }

  text(version: number): string {
    return version + this.#said.join('');
  }
}

function say(number: number, count: number | undefined): string {
  return ` ${number}:${count ?? 0}`;
}
