import { AsyncLocalStorage } from 'node:async_hooks';
import type { RowsPort } from '@betterbase/providers/rows';

const current = new AsyncLocalStorage<RowsPort>();

/** An instance of better-auth is kept between calls; where its rows are comes with each call. */
export function withRows<T>(rows: RowsPort, work: () => Promise<T>): Promise<T> {
  return current.run(rows, work);
}

export function currentRows(): RowsPort {
  const rows = current.getStore();
  if (rows === undefined) throw new Error('Rows are asked for outside of a call.');
  return rows;
}
