import type { SqlDisk } from './sql-disk.ts';

class TakenBack extends Error {}

/** What the work gives; what it writes is taken back. */
export function tryOut<T extends object>(disk: SqlDisk, work: () => T): T {
  const given: T[] = [];
  try {
    disk.transaction(() => {
      given.push(work());
      throw new TakenBack();
    });
  } catch (error) {
    const [value] = given;
    if (error instanceof TakenBack && value !== undefined) return value;
    throw error;
  }
  throw new Error('The transaction was kept.');
}
