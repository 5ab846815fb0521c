/**
 * The same three things by hand, through each vendor's driver: one statement to read, one batch to write. What a competent
 * engineer writes for this one job: no validation, no versions, no outcomes, no reactivity.
 */
import type { D1Database } from '@cloudflare/workers-types';
import { createClient } from '@libsql/client/web';
import { neon, neonConfig } from '@neondatabase/serverless';
import type { Addresses, Elsewhere, NewItem, ProviderJob } from './place.ts';

interface BareEnv {
  readonly APP_DB: D1Database;
  readonly ADDRESSES: Addresses;
}

type Row = Readonly<Record<string, unknown>>;

/** Statements in one round trip; more than one: in one transaction. */
type Send = (statements: readonly Statement[]) => Promise<readonly Row[]>;

interface Statement {
  readonly sql: string;
  readonly args: readonly (string | number)[];
}

neonConfig.fetchEndpoint = (host, port) => `http://${host}:${port}/sql`;

export default {
  async fetch(request: Request, env: BareEnv): Promise<Response> {
    const place = new URL(request.url).pathname.slice(1) as Elsewhere;
    return Response.json(await perform(sendTo[place](env), (await request.json()) as ProviderJob | { readonly do: 'open' }, place));
  },
};

const columns = 'id, list, text, done, position, author';

async function perform(send: Send, job: ProviderJob | { readonly do: 'open' }, place: Elsewhere): Promise<unknown> {
  switch (job.do) {
    case 'open': {
      const id = place === 'neon' ? 'BIGSERIAL PRIMARY KEY' : 'INTEGER PRIMARY KEY';
      await send([
        {
          sql: `CREATE TABLE bare_items (id ${id}, list TEXT NOT NULL, text TEXT NOT NULL, done INTEGER NOT NULL, position REAL NOT NULL, author TEXT NOT NULL)`,
          args: [],
        },
      ]);
      return await send([{ sql: 'CREATE INDEX bare_items_by_list ON bare_items (list)', args: [] }]);
    }
    case 'list':
      return await send([{ sql: `SELECT ${columns} FROM bare_items WHERE list = ? ORDER BY id`, args: [job.list] }]);
    case 'change':
      return await send([{ sql: 'UPDATE bare_items SET text = ? WHERE id = ?', args: [job.text, Number(job.id)] }]);
    case 'add':
      return await send(job.items.map(insert));
    default:
      return job satisfies never;
  }
}

function insert({ list, text, position, author }: NewItem): Statement {
  return {
    sql: 'INSERT INTO bare_items (list, text, done, position, author) VALUES (?, ?, 0, ?, ?)',
    args: [list, text, position, author],
  };
}

const sendTo: Readonly<Record<Elsewhere, (env: BareEnv) => Send>> = {
  d1:
    ({ APP_DB: database }) =>
    async (statements) => {
      const prepared = statements.map(({ sql, args }) => database.prepare(sql).bind(...args));
      const [only] = prepared;
      if (prepared.length === 1 && only !== undefined) return (await only.all<Row>()).results;
      return (await database.batch<Row>(prepared)).flatMap(({ results }) => results);
    },
  turso: ({ ADDRESSES: { turso, tursoToken } }) => {
    const client = createClient({ url: turso, authToken: tursoToken });
    return async (statements) => {
      const batch = statements.map(({ sql, args }) => ({ sql, args: [...args] }));
      const [only] = batch;
      const results = batch.length === 1 && only !== undefined ? [await client.execute(only)] : await client.batch(batch, 'write');
      return results.flatMap(({ columns: names, rows }) => rows.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at]]))));
    };
  },
  neon: ({ ADDRESSES }) => {
    const sql = neon<false, false>(ADDRESSES.neon, { disableWarningInBrowsers: true });
    return async (statements) => {
      const numbered = statements.map(({ sql: text, args }) => {
        let place = 0;
        return [text.replaceAll('?', () => `$${++place}`), [...args]] satisfies [string, unknown[]];
      });
      const [only] = numbered;
      if (numbered.length === 1 && only !== undefined) return await sql.query(...only);
      return (await sql.transaction(numbered.map(([text, args]) => sql.query(text, args)))).flat();
    };
  },
};
