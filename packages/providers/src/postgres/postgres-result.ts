import type { RemoteResult } from '../remote/remote-sql.ts';
import type { SqlValue } from '../sql/sql-value.ts';
import { decoderFor } from './postgres-values.ts';

/** What a driver tells of one statement, each value as PostgreSQL writes it. */
export interface PostgresAnswer {
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly command: string;
  readonly rowCount: number | null;
}

/** For drivers that would make something else of values. */
export const asText = { getTypeParser: () => (text: string) => text };

const writing = /^(INSERT|UPDATE|DELETE|MERGE)/;

export function toResult({ fields, rows, command, rowCount }: PostgresAnswer): RemoteResult {
  const decoders = fields.map(({ dataTypeID }) => decoderFor(dataTypeID));
  return {
    columns: fields.map(({ name }) => name),
    rows: rows.map((row) => decoders.map((decode, at) => toValue(row[at], decode))),
    rowsWritten: writing.test(command) ? (rowCount ?? 0) : 0,
  };
}

function toValue(text: unknown, decode: (text: string) => SqlValue): SqlValue {
  return typeof text === 'string' ? decode(text) : null;
}
