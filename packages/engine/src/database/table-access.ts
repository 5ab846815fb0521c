/** `ctx.db.table(name)`: what `ctx.db` does, with the table said once. */
import type { StoredDocument } from '../ports/document-store.ts';
import type { DocumentQuery } from './document-query.ts';

interface Reads {
  get(table: string, id: string): Promise<StoredDocument | null>;
  query(table: string): DocumentQuery;
}

interface Writes extends Reads {
  insert(table: string, value: unknown): Promise<string>;
  patch(table: string, id: string, value: unknown): Promise<void>;
  replace(table: string, id: string, value: unknown): Promise<void>;
  delete(table: string, id: string): Promise<void>;
}

export class TableReader {
  readonly #db: Reads;
  protected readonly name: string;

  constructor(db: Reads, name: string) {
    this.#db = db;
    this.name = name;
  }

  get(id: string): Promise<StoredDocument | null> {
    return this.#db.get(this.name, id);
  }

  query(): DocumentQuery {
    return this.#db.query(this.name);
  }
}

export class TableWriter extends TableReader {
  readonly #db: Writes;

  constructor(db: Writes, name: string) {
    super(db, name);
    this.#db = db;
  }

  insert(value: unknown): Promise<string> {
    return this.#db.insert(this.name, value);
  }

  patch(id: string, value: unknown): Promise<void> {
    return this.#db.patch(this.name, id, value);
  }

  replace(id: string, value: unknown): Promise<void> {
    return this.#db.replace(this.name, id, value);
  }

  delete(id: string): Promise<void> {
    return this.#db.delete(this.name, id);
  }
}
