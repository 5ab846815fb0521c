import type { BrokenConstraint, RemoteFailure } from '../remote/remote-sql.ts';

/** What Postgres says of an error. */
export interface PostgresReport {
  /** Five letters and digits: SQLSTATE. */
  readonly code: string;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
}

const constraints: Readonly<Record<string, BrokenConstraint>> = {
  '23502': 'not-null',
  '23503': 'foreign-key',
  '23505': 'unique',
  '23514': 'check',
};

const kinds: Readonly<Record<string, 'busy' | 'overloaded' | 'full' | 'asleep' | 'credentials'>> = {
  '40001': 'busy',
  '40P01': 'busy',
  '55P03': 'busy',
  '53100': 'full',
  '53200': 'overloaded',
  '53300': 'overloaded',
  '53400': 'overloaded',
  '57014': 'overloaded',
  '57P03': 'asleep',
  '3D000': 'credentials',
};

/** Classes of codes that say what is wrong with the statement or its values. */
const refusing = new Set(['0A', '21', '22', '23', '25', '26', '2B', '34', '42', '44', '54', '55']);

/** Null: the code does not say whether the transaction was committed, or what was wrong. */
export function postgresFailure({ code, table, column, constraint }: PostgresReport): RemoteFailure | null {
  const which = constraints[code];
  if (which !== undefined) return { kind: 'constraint', which, names: namesOf(table, column, constraint) };
  const kind = kinds[code];
  if (kind !== undefined) return { kind };
  if (code.startsWith('28')) return { kind: 'credentials' };
  return refusing.has(code.slice(0, 2)) ? { kind: 'refused' } : null;
}

function namesOf(table?: string, column?: string, constraint?: string): readonly string[] {
  if (constraint !== undefined) return [constraint];
  return table === undefined || column === undefined ? [] : [`${table}.${column}`];
}
