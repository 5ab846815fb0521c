import type { IncomingHttpHeaders } from 'node:http';
import pg from 'pg';
import * as z from 'zod';

const query = z.object({ query: z.string(), params: z.array(z.unknown()).default([]) });
export const sqlBody = z.union([z.object({ queries: z.array(query) }), query]);
type SqlBody = z.infer<typeof sqlBody>;
type Query = z.infer<typeof query>;

const levels: Readonly<Record<string, string>> = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
};

/** What a request asks for, carried out: one query by itself, or several in one transaction. */
export async function answerSql(client: pg.ClientBase, body: SqlBody, headers: IncomingHttpHeaders): Promise<unknown> {
  const asArrays = headers['neon-array-mode'] === 'true';
  if (!('queries' in body)) return await runQuery(client, body, asArrays);
  await client.query(beginning(headers));
  try {
    const results: unknown[] = [];
    for (const one of body.queries) results.push(await runQuery(client, one, asArrays));
    await client.query('COMMIT');
    return { results };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function beginning(headers: IncomingHttpHeaders): string {
  const level = levels[String(headers['neon-batch-isolation-level'])];
  return [
    'BEGIN',
    level === undefined ? '' : `ISOLATION LEVEL ${level}`,
    headers['neon-batch-read-only'] === 'true' ? 'READ ONLY' : '',
    headers['neon-batch-deferrable'] === 'true' ? 'DEFERRABLE' : '',
  ].join(' ');
}

/** Values stay as Postgres writes them: it is the client that knows its types. */
async function runQuery(client: pg.ClientBase, { query: text, params }: Query, asArrays: boolean): Promise<unknown> {
  const types = { getTypeParser: () => (raw: string) => raw };
  const given = { text, values: params, types };
  const result = asArrays ? await client.query({ ...given, rowMode: 'array' }) : await client.query(given);
  const { command, rowCount, rows, fields } = result;
  return { command, rowCount, rows, fields, rowAsArray: asArrays };
}

const reported =
  'code severity detail hint position internalPosition internalQuery where schema table column dataType constraint file line routine';

/** An error of Postgres as the protocol has it. Whatever else it is has only words. */
export function reportOf(error: unknown): Readonly<Record<string, unknown>> {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof pg.DatabaseError)) return { message };
  const fields = new Map(Object.entries(error));
  return { message, ...Object.fromEntries(reported.split(' ').map((name) => [name, fields.get(name) ?? null])) };
}
