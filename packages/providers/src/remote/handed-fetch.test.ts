import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { NeonSql } from '../neon/neon-sql.ts';
import { TursoSql } from '../turso/turso-sql.ts';
import type { Send } from './send.ts';

test('a driver asks by the fetch it was given, each its own, and what that refuses was never sent', async () => {
  const asked: string[] = [];
  const sendAs =
    (name: string): Send =>
    async (request, init) => {
      asked.push(`${name}: ${typeof request === 'string' ? request : request.url} ${init?.signal instanceof AbortSignal}`);
      return new Response('', { status: 403 });
    };
  const connectionString = 'postgresql://ann:secret@ep-1.eu.neon.tech/db';
  const drivers = [
    new TursoSql({ url: 'libsql://notes.turso.io', fetch: sendAs('turso') }),
    new NeonSql({ connectionString, fetch: sendAs('first') }),
    new NeonSql({ connectionString, fetch: sendAs('second') }),
  ];

  for (const driver of drivers)
    await expect(driver.batch([{ sql: 'SELECT 1', params: [] }], 'write')).rejects.toMatchObject({ failure: { kind: 'credentials' } });

  expect(asked).toEqual([
    'turso: https://notes.turso.io/v2/pipeline true',
    'first: https://api.eu.neon.tech/sql true',
    'second: https://api.eu.neon.tech/sql true',
  ]);
});

test('a token does not follow where a server of libSQL sends it on to', async () => {
  const arrived: string[] = [];
  const server = createServer((request, response) => {
    arrived.push(request.url ?? '');
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens nowhere.');
  const sql = new TursoSql({ url: `http://127.0.0.1:${address.port}`, authToken: 'token' });

  await expect(sql.batch([{ sql: 'SELECT 1', params: [] }], 'write')).rejects.toMatchObject({ failure: { kind: 'refused' } });
  expect(arrived).toEqual(['/v2/pipeline']);
  server.close();
});
