import type { BackfillBatch, BackfillStart, BackfillState, DocumentWrite, NormalizedTable, StoredDocument } from '@betterbase/engine';
import { checkUnique } from './check-unique.ts';
import type { Documents } from './memory-standing.ts';

interface Part {
  readonly from: string;
  readonly next: NormalizedTable;
  readonly aside: Map<string, StoredDocument>;
  readonly dirty: Map<string, number>;
  stagedTo: number;
  takenTo: number;
}

/**
 * A back-fill in memory.
 *
 * Always true: what lies aside for a document is what was made of it as it is.
 */
export class MemoryBackfill {
  readonly start: BackfillStart;
  readonly #parts: ReadonlyMap<string, Part>;

  constructor(start: BackfillStart, parts: readonly { readonly from: string; readonly next: NormalizedTable }[]) {
    this.start = start;
    this.#parts = new Map(
      parts.map((part) => [part.next.name, { ...part, aside: new Map(), dirty: new Map(), stagedTo: -1, takenTo: -1 }]),
    );
  }

  state(tables: ReadonlyMap<string, Documents>): BackfillState {
    const parts = [...this.#parts.values()];
    const total = parts.reduce((sum, { from }) => sum + (tables.get(from)?.size ?? 0), 0);
    return { ...this.start, done: parts.reduce((sum, { aside }) => sum + aside.size, 0), total };
  }

  take(most: number, asOf: number, tables: ReadonlyMap<string, Documents>): BackfillBatch | null {
    for (const [table, part] of this.#parts) {
      const ahead = [...(tables.get(part.from)?.values() ?? [])].filter(({ _creationTime }) => _creationTime > part.stagedTo);
      const documents = ahead.sort((one, other) => one._creationTime - other._creationTime).slice(0, most);
      const upTo = documents.at(-1)?._creationTime;
      if (upTo === undefined) continue;
      part.takenTo = Math.max(part.takenTo, upTo);
      return { table, asOf, upTo, documents: structuredClone(documents) };
    }
    for (const [table, { from, dirty }] of this.#parts) {
      const ids = [...dirty.keys()].slice(0, most);
      if (ids.length === 0) continue;
      const documents = ids.flatMap((id) => tables.get(from)?.get(id) ?? []);
      for (const id of ids) if (tables.get(from)?.has(id) !== true) dirty.delete(id);
      return { table, asOf, upTo: null, documents: structuredClone(documents) };
    }
    return null;
  }

  /** @throws BetterBaseError `document/not-unique` */
  layAside({ table, asOf, upTo, documents }: BackfillBatch): void {
    const part = this.#parts.get(table);
    if (part === undefined) return;
    const fresh = documents.filter(({ _id }) => (part.dirty.get(_id) ?? -1) <= asOf);
    const after = new Map([...part.aside, ...fresh.map((document) => [document._id, document] as const)]);
    checkUnique(part.next, after.values());
    for (const document of fresh) {
      part.aside.set(document._id, structuredClone(document));
      part.dirty.delete(document._id);
    }
    if (upTo !== null) part.stagedTo = Math.max(part.stagedTo, upTo);
  }

  follow(writes: readonly DocumentWrite[], version: number): void {
    for (const part of this.#parts.values()) {
      for (const { table, id, before, after } of writes) {
        if (table !== part.from || ((before ?? after)?._creationTime ?? 0) > part.takenTo) continue;
        part.aside.delete(id);
        part.dirty.set(id, version);
      }
    }
  }

  /** What lies aside for a document of a table, by the name that the table will have. */
  find(table: string, id: string): StoredDocument | undefined {
    return this.#parts.get(table)?.aside.get(id);
  }
}
