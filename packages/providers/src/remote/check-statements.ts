import type { SqlValue } from '../disk/sql-disk.ts';
import { type RemoteStatement, RemoteSqlError } from './remote-sql.ts';

/** Refuses values that some database would change without a word. @throws RemoteSqlError */
export function checkStatements(statements: readonly RemoteStatement[]): void {
  for (const { params } of statements) {
    for (const value of params) {
      const complaint = complaintAbout(value);
      if (complaint !== null) throw new RemoteSqlError({ kind: 'refused' }, complaint);
    }
  }
}

function complaintAbout(value: SqlValue): string | null {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value} cannot be bound: not every database has it.`;
  if (typeof value !== 'string') return null;
  if (value.includes('\0')) return 'A text with a NUL character cannot be bound: Postgres has none, and libSQL ends the text there.';
  return value.isWellFormed() ? null : 'A text with half a surrogate pair cannot be bound: it has no UTF-8.';
}
