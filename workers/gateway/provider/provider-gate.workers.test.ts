import { env, exports } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import type { ProviderAddress } from '../../../durable-objects/project/provider/provider-address.ts';
import type { ProviderGate } from './provider-gate.ts';

type Gate = Pick<ProviderGate, 'batch' | 'check'>;

/** As the project's object gets it. */
function gateTo(address: ProviderAddress): Gate {
  const { ProviderGate: gate } = exports as unknown as { ProviderGate(options: { props: { address: ProviderAddress } }): Gate };
  return gate({ props: { address } });
}

const statement = (sql: string, ...params: (string | number | null)[]) => ({ sql, params });

test('a batch reaches the D1 database that the props name, all of it or nothing', async () => {
  const gate = gateTo({ type: 'd1', binding: 'APP_DB' });

  const made = await gate.batch(
    [
      statement('CREATE TABLE IF NOT EXISTS gate (id INTEGER PRIMARY KEY, name TEXT NOT NULL)'),
      statement('DELETE FROM gate'),
      statement('INSERT INTO gate (name) VALUES (?), (?)', 'one', 'two'),
    ],
    'write',
  );
  const refused = await gate.batch(
    [statement('INSERT INTO gate (name) VALUES (?)', 'three'), statement('INSERT INTO gate (name) VALUES (?)', null)],
    'write',
  );
  const read = await gate.batch([statement('SELECT name FROM gate ORDER BY id')], 'read');

  expect(made).toMatchObject({ ok: true });
  expect(refused).toMatchObject({ ok: false, failure: { kind: 'constraint', which: 'not-null', names: ['gate.name'] } });
  expect(read).toMatchObject({ ok: true, results: [{ columns: ['name'], rows: [['one'], ['two']] }] });
});

test('D1 is told with what it can do, and is left as it was', async () => {
  const tables = async () =>
    (await env.APP_DB.prepare("SELECT name FROM sqlite_master WHERE name LIKE '\\_bb%' ESCAPE '\\'").all()).results;

  const checked = await gateTo({ type: 'd1', binding: 'APP_DB' }).check();

  expect(checked).toMatchObject({
    ok: true,
    database: {
      dialect: 'sqlite',
      version: null,
      documents: null,
      capabilities: [
        { name: 'tables', isThere: true },
        { name: 'full text', isThere: true },
        { name: 'vectors', isThere: false },
      ],
    },
  });
  expect(await tables()).toEqual([]);
});

test.each(['DB', 'FILES', 'PROJECT', 'ADMIN_KEY', 'constructor', 'NOWHERE'])('%s is no database for projects', async (binding) => {
  const gate = gateTo({ type: 'd1', binding });

  expect(await gate.check()).toMatchObject({ ok: false, error: { code: 'provider/unknown-binding', details: { binding } } });
  expect(await gate.batch([statement('SELECT 1 AS one')], 'read')).toMatchObject({ ok: false, failure: { kind: 'credentials' } });
});

test.each<[string, ProviderAddress, string]>([
  ['a private address', { type: 'turso', url: 'http://169.254.169.254', authToken: 'secret-token' }, 'provider/bad-address'],
  [
    'this machine, outside of development',
    { type: 'neon', connectionString: 'postgres://me:secret-token@localhost/x' },
    'provider/bad-address',
  ],
  [
    'a server whose certificate would not be trusted',
    { type: 'supabase', connectionString: 'postgres://me:secret-token@db.supabase.co/x' },
    'provider/bad-address',
  ],
  ['a private network', { type: 'postgres', connectionString: 'postgres://me:secret-token@10.0.0.1/x' }, 'provider/bad-address'],
  ['a Hyperdrive that is not bound', { type: 'postgres', binding: 'APP_DB' }, 'provider/unknown-binding'],
])('nothing is sent to %s', async (_, address, code) => {
  const checked = await gateTo(address).check();

  expect(checked).toMatchObject({ ok: false, error: { code } });
  expect(JSON.stringify(checked)).not.toContain('secret-token');
});
