import type { SqlDisk } from '../disk/sql-disk.ts';
import type { Standing } from '../sql/standing.ts';
import { SqlStatements } from '../statements/sql-statements.ts';
import { attemptStatement } from './attempt-statement.ts';
import type { EmbeddedTable } from './embedded-table.ts';

export interface EmbeddedStatementsParts {
  readonly disk: SqlDisk;
  readonly standing: Standing<EmbeddedTable>;
  /** Another number whenever the tables are others. */
  readonly shape: () => number;
}

/** SQL over the tables in this database. */
export function embeddedStatements({ disk, standing, shape }: EmbeddedStatementsParts): SqlStatements {
  const isShown = (name: string): boolean =>
    !name.startsWith('_') && standing.now.state.schema.tables.some((table) => table.name === name && table.active);
  let known = shape();
  const statements = new SqlStatements({
    disk,
    prepare: () => {
      if (shape() === known) return;
      known = shape();
      statements.forget();
    },
    table: (name) => (isShown(name) ? standing.now.tables.get(name) : undefined),
    idIndex: (name) => `${standing.table(name).place.home}.by_id`,
    attempt: (attempt) => attemptStatement(disk, (name) => standing.table(name), attempt),
  });
  return statements;
}
