import { BetterBaseError, isBetterBaseError } from '@betterbase/core';
import { noDocument } from '../database/no-document.ts';
import { TableWriter } from '../database/table-access.ts';
import type { StoredDocument } from '../ports/document-store.ts';
import type { RowAccess } from './policy-set.ts';
import type { Refusal } from './refusals.ts';
import { type OpenReads, UserReader } from './user-reader.ts';
import type { Written } from './table-rows.ts';
import type { UserView } from './user-view.ts';

type Operation = Refusal['operation'];

/** What it needs of the database that asks no policy. */
export interface OpenWrites extends OpenReads {
  readonly vars: { readonly commitTs: bigint };
  insert(table: string, value: unknown): Promise<string>;
  patch(first: string, second: unknown, third?: unknown): Promise<void>;
  replace(first: string, second: unknown, third?: unknown): Promise<void>;
  delete(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<void>;
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * `ctx.db.asUser()` of a mutation.
 *
 * Always true: a row that the caller does not see is as good as not there; what a policy denies leaves nothing behind. What
 * follows from a deletion by the schema's references is done whatever policies say.
 */
export class UserWriter extends UserReader {
  readonly #open: OpenWrites;

  constructor(open: OpenWrites, view: UserView) {
    super(open, view);
    this.#open = open;
  }

  override table(name: string): TableWriter {
    return new TableWriter(this, name);
  }

  get vars(): OpenWrites['vars'] {
    return this.#open.vars;
  }

  async insert(table: string, value: unknown): Promise<string> {
    return await this.#open.attempt(async () => {
      const id = await this.#open.insert(table, value);
      await this.#check('insert', ['insert'], { table, id, before: null });
      return id;
    });
  }

  async patch(first: string, second: unknown, third?: unknown): Promise<void> {
    await this.#change('patch', idOf(first, second), () => this.#open.patch(first, second, third));
  }

  async replace(first: string, second: unknown, third?: unknown): Promise<void> {
    await this.#change('replace', idOf(first, second), () => this.#open.replace(first, second, third));
  }

  async delete(...args: readonly [id: string] | readonly [table: string, id: string]): Promise<void> {
    const id = args[1] ?? args[0];
    await this.#reach('delete', 'delete', id);
    try {
      await this.#open.delete(...args);
    } catch (refused) {
      throw isBetterBaseError(refused) && refused.code === 'document/referenced' ? stillReferenced(id) : refused;
    }
  }

  async #change(method: 'patch' | 'replace', id: string, change: () => Promise<void>): Promise<void> {
    const before = await this.#reach(method, 'update', id);
    await this.#open.attempt(async () => {
      await change();
      // As in Postgres: nobody puts a row out of their own sight.
      await this.#check(method, ['update-to', 'select'], { table: before.table, id, before: before.row });
    });
  }

  /** Whether the caller may touch the row; gives it and its table. An id that is no id at all is left to whoever writes. */
  async #reach(method: Operation, access: RowAccess, id: string): Promise<{ readonly table: string; readonly row: StoredDocument }> {
    const row = await this.#open.get(id);
    const table = this.tableOf(id)?.name ?? '';
    if (row === null) throw noDocument(method, table, id);
    for (const each of ['select', access] as const) {
      if (await this.view.allows(each, table, row)) continue;
      await this.view.refused({ operation: method, access: each, table, id, row });
      throw each === 'select' ? noDocument(method, table, id) : denied(access, table);
    }
    return { table, row };
  }

  async #check(operation: Operation, accesses: readonly [RowAccess, ...RowAccess[]], written: Written): Promise<void> {
    const row: StoredDocument | null = await this.#open.get(written.id);
    for (const access of accesses) {
      if (row !== null && (await this.view.allowsWritten(access, row, written))) continue;
      const { table, id, before } = written;
      if (row !== null) await this.view.refused({ operation, access, table, id: before === null ? null : id, row });
      throw denied(accesses[0], table);
    }
  }
}

/** `(id, value)` or `(table, id, value)`. */
function idOf(first: string, second: unknown): string {
  return typeof second === 'string' ? second : first;
}

const doing = {
  select: 'see this row of',
  insert: 'insert such a row into',
  update: 'change this row of',
  'update-to': 'make this of a row of',
  delete: 'delete this row of',
} as const satisfies Record<RowAccess, string>;

function denied(access: RowAccess, table: string): BetterBaseError {
  return new BetterBaseError('policy/denied', `No policy lets the caller ${doing[access]} \`${table}\`.`, {
    hint: 'What nobody is allowed is denied: policies are in betterbase/policies, each a definePolicy(table, { … }).',
  });
}

/** Whose row it is that names this one is nobody's business. */
function stillReferenced(id: string): BetterBaseError {
  return new BetterBaseError('document/referenced', `\`${id}\` cannot be deleted: another document names it.`);
}
