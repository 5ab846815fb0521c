import { subqueriesOf } from '../conditions/subqueries.ts';
import { lowerBoundKey, upperBoundKey } from '../keys/key-range.ts';
import type { DocumentWrite, RangeRead, StoredDocument } from '../ports/document-store.ts';
import type { SqlStore } from '../ports/sql-store.ts';
import { indexKey } from '../transaction/index-key.ts';
import type { TransactionStore } from '../transaction/transaction.ts';
import type { CommitLine } from './commit-line.ts';

export interface LineReadsParts {
  readonly store: TransactionStore;
  /** Null: none waits. */
  readonly line: () => Pick<CommitLine, 'isEmpty' | 'isUnderWay' | 'isTouched' | 'flush'> | null;
  /** The fields that order an index; undefined if there is no such. */
  readonly fieldsOf: (table: string, index: string) => readonly string[] | undefined;
}

/**
 * The store as handlers read it: before anything is read that mutations in line would change, they are committed. What writes
 * in order to read can do so at one version only, so it waits for all that are under way.
 */
export function lineReads({ store, line, fieldsOf }: LineReadsParts): TransactionStore {
  const clear = async (isTouching: (write: DocumentWrite) => boolean): Promise<void> => {
    const waiting = line();
    if (waiting?.isTouched(isTouching) === true) await waiting.flush();
  };
  const mayChange = (): boolean => line()?.isEmpty === false;
  const changes = ({ table, index, lower, upper, where }: Omit<RangeRead, 'order' | 'limit'>): ((write: DocumentWrite) => boolean) => {
    const asked = new Set(where === undefined ? [] : subqueriesOf(where).map((each) => each.table));
    const fields = fieldsOf(table, index);
    const first = lowerBoundKey(lower);
    const end = upperBoundKey(upper);
    const isInside = (document: StoredDocument | null): boolean => {
      if (document === null) return false;
      const key = fields === undefined ? first : indexKey(document, fields);
      return first <= key && key < end;
    };
    return (write) => asked.has(write.table) || (write.table === table && (isInside(write.before) || isInside(write.after)));
  };
  return {
    open: () => store.open(),
    runBegins: () => store.runBegins?.(),
    commit: (batch) => store.commit(batch),
    async get(table, id) {
      await clear((write) => write.id === id && write.table === table);
      return await store.get(table, id);
    },
    async read(range) {
      if (mayChange()) await clear(changes(range));
      return await store.read(range);
    },
    async count(range) {
      if (mayChange()) await clear(changes(range));
      return await store.count(range);
    },
    async search(read, pending) {
      await clear(({ table }) => table === read.table || line()?.isUnderWay === true);
      return await store.search(read, pending);
    },
    async nearest(read, pending) {
      await clear(({ table }) => table === read.table || line()?.isUnderWay === true);
      return await store.nearest(read, pending);
    },
    ...(store.sql === undefined ? {} : { sql: lineSql(store.sql, () => clear(() => true)) }),
  };
}

/** A statement may look at anything. */
function lineSql(sql: SqlStore, clear: () => Promise<void>): SqlStore {
  return {
    async execute(statement) {
      await clear();
      return await sql.execute(statement);
    },
    explain: (text, params) => sql.explain(text, params),
  };
}
