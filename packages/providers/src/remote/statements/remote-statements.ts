import type { NormalizedSchema } from '@betterbase/engine';
import { nullFields } from '../../sql/left-row.ts';
import type { SqlDisk } from '../../disk/sql-disk.ts';
import { SqlStatements, type SqlTarget } from '../../statements/sql-statements.ts';
import { rowOf } from '../../sql/sql-table.ts';
import type { Standing } from '../../sql/standing.ts';
import type { RemoteLink } from '../remote-link.ts';
import type { RemoteTable } from '../remote-table.ts';
import { remoteAttempt } from './remote-attempt.ts';
import { ShadowTables } from './shadow-tables.ts';

export interface RemoteStatementsParts {
  readonly link: RemoteLink;
  readonly standing: Standing<RemoteTable>;
  /** A database of our own. */
  readonly disk: SqlDisk;
}

/** SQL over tables elsewhere, for databases that speak SQLite. */
export function remoteStatements({ link, standing, disk }: RemoteStatementsParts): SqlStatements {
  const shadow = new ShadowTables(disk);
  const statements = new SqlStatements({
    disk,
    prepare: () => {
      const { schema } = standing.now.state;
      if (shadow.follow(schema)) statements.forget();
    },
    table: (name) => targetOf(standing.now.state.schema, name, standing.now.tables.get(name)),
    idIndex: (name) => `${name}.by_id`,
    attempt: async (attempt) =>
      await remoteAttempt(
        { link, shadow: disk, tableNamed: (name) => standing.table(name), version: () => standing.now.state.version },
        attempt,
      ),
  });
  return statements;
}

function targetOf({ tables }: NormalizedSchema, name: string, table: RemoteTable | undefined): SqlTarget | undefined {
  const shape = tables.find((each) => each.name === name);
  if (table === undefined || shape?.active !== true || name.startsWith('_')) return undefined;
  const { layout, codec } = table.sql;
  return { name, layout, codec, nullFields: nullFields(shape), rowOf: (document) => rowOf(codec, layout, document) };
}
