/** A database elsewhere across isolates, where an error keeps neither its class nor its fields: there it is data. */
import { type RemoteFailure, type RemoteResult, type RemoteSql, RemoteSqlError, type RemoteStatement } from './remote-sql.ts';

export type BatchAnswer =
  | { readonly ok: true; readonly results: readonly RemoteResult[] }
  | { readonly ok: false; readonly failure: RemoteFailure; readonly message: string };

/** What crosses. */
export interface SqlDoor {
  /** As `RemoteSql` has it, but does not throw for what the database says. */
  batch(statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<BatchAnswer>;
}

/** This side of the door: beside the driver. */
export async function answerBatch(sql: RemoteSql, statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<BatchAnswer> {
  try {
    return { ok: true, results: await sql.batch(statements, mode) };
  } catch (error) {
    if (!(error instanceof RemoteSqlError)) throw error;
    return { ok: false, failure: error.failure, message: error.message };
  }
}

/** The other side: a `RemoteSql` whose driver is behind the door. */
export class DoorSql implements RemoteSql {
  readonly dialect: RemoteSql['dialect'];
  #door: SqlDoor;

  constructor(door: SqlDoor, dialect: RemoteSql['dialect']) {
    this.#door = door;
    this.dialect = dialect;
  }

  /** From now on through this one. */
  use(door: SqlDoor): void {
    this.#door = door;
  }

  async batch(statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<readonly RemoteResult[]> {
    if (statements.length === 0) return [];
    const answer = await this.#pass(statements, mode);
    if (answer.ok) return answer.results;
    throw new RemoteSqlError(answer.failure, answer.message);
  }

  /** If the door itself breaks, nobody knows what became of a write. */
  async #pass(statements: readonly RemoteStatement[], mode: 'read' | 'write'): Promise<BatchAnswer> {
    try {
      return await this.#door.batch(statements, mode);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new RemoteSqlError({ kind: mode === 'read' ? 'unreachable' : 'unknown' }, message, error);
    }
  }
}
