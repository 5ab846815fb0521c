import { BetterBaseError, encodeToJson } from '@betterbase/core';
import type { SnapshotStore } from '../ports/snapshot-store.ts';
import type { TableCatalog } from '../transaction/table-catalog.ts';
import { present } from './present.ts';
import type { MovableTable, MoveValue } from './move-operation.ts';

/** A step ends when either is reached: others wait for it. */
const mostCharacters = 512 * 1024;
const mostMilliseconds = 20;

/** Reads a version out, step by step, while commits go on. */
export class Exports {
  readonly #store: SnapshotStore | undefined;
  readonly #now: () => number;

  constructor(store: SnapshotStore | undefined, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  async open(id: string, version: number, catalog: TableCatalog): Promise<MoveValue> {
    const counts = await present(this.#store, 'exports').open(id, this.#now());
    return { move: 'open-export', version, tables: movableTables(catalog, (table) => counts.get(table) ?? 0) };
  }

  /** @throws BetterBaseError `table/not-found`, `export/interrupted` */
  async read(id: string, table: string, after: number | null, catalog: TableCatalog): Promise<MoveValue> {
    const { name, exists } = catalog.get(table);
    if (!exists) return { move: 'read-export', text: '', next: null };
    const until = this.#now() + mostMilliseconds;
    let text = '';
    let next = after;
    do {
      const page = await present(this.#store, 'exports').read({ snapshot: id, table: name, after: next }, this.#now());
      if (page === null) throw interrupted();
      for (const document of page.documents) text += `${encodeToJson(document)}\n`;
      ({ next } = page);
    } while (next !== null && text.length < mostCharacters && this.#now() < until);
    return { move: 'read-export', text, next };
  }

  async close(id: string): Promise<MoveValue> {
    await this.#store?.close(id);
    return { move: 'done' };
  }
}

/** The tables of the app, in the order of the schema. */
export function movableTables(catalog: TableCatalog, count: (table: string) => number): MovableTable[] {
  return catalog.schema.tables.flatMap(({ name, number, document, active }) =>
    active && catalog.find(name)?.isSystem === false ? [{ table: name, number, document, documents: count(name) }] : [],
  );
}

function interrupted(): BetterBaseError {
  return new BetterBaseError('export/interrupted', 'The version that was being exported is not kept any more.', {
    hint: 'A deployment, an import or a pause of 15 minutes ended it. Export again.',
  });
}
