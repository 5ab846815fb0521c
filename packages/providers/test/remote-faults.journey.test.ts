/** What drivers inside workerd make of a network that fails, and of strangers' credentials. */
import { isBetterBaseError } from '@betterbase/core';
import { type RemoteFailure, type RemoteSql, RemoteSqlError, retrying, toProviderError } from '@betterbase/providers';
import {
  type Fault,
  FaultProxy,
  findPostgres,
  type HranaServer,
  type NeonServer,
  type PostgresServer,
  startHrana,
  startNeon,
  startPglite,
  startPostgres,
} from '@betterbase/testing/stand-ins';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DriverChoice } from './batch-wire.ts';
import { DriverWorker } from './driver-worker.ts';

type Kind = RemoteFailure['kind'] | null;
interface Case {
  readonly fault: Fault;
  readonly read: Kind;
  readonly write: Kind;
  /** Whether the write is carried out all the same. */
  readonly written: boolean;
}

const authToken = 'token of the test';
const cases: readonly Case[] = [
  { fault: { type: 'delay', milliseconds: 100 }, read: null, write: null, written: true },
  { fault: { type: 'slow-first-byte', milliseconds: 100 }, read: null, write: null, written: true },
  // The platform does not tell a connection that was refused from one that was lost.
  { fault: { type: 'refuse' }, read: 'unreachable', write: 'unknown', written: false },
  { fault: { type: 'cut-before' }, read: 'unreachable', write: 'unknown', written: false },
  { fault: { type: 'cut-after' }, read: 'unreachable', write: 'unknown', written: true },
  { fault: { type: 'half-answer' }, read: 'unreachable', write: 'unknown', written: true },
  { fault: { type: 'silent' }, read: 'unreachable', write: 'unknown', written: true },
  { fault: { type: 'status', status: 401 }, read: 'credentials', write: 'credentials', written: false },
  { fault: { type: 'status', status: 429 }, read: 'overloaded', write: 'overloaded', written: false },
  { fault: { type: 'status', status: 502 }, read: 'unreachable', write: 'unknown', written: false },
  { fault: { type: 'status', status: 521 }, read: 'unreachable', write: 'unreachable', written: false },
];

interface Trial {
  readonly fault: Fault;
  readonly mode: 'read' | 'write';
  /** What the caller is told; null: the fault passes while we wait, and all is well. */
  readonly code: string | null;
  readonly tries: number;
  /** How often the write is carried out. */
  readonly written: 0 | 1;
}

/** The fault ends as soon as we begin to wait. */
const trials: readonly Trial[] = [
  { fault: { type: 'status', status: 429 }, mode: 'write', code: null, tries: 2, written: 1 },
  { fault: { type: 'status', status: 521 }, mode: 'write', code: null, tries: 2, written: 1 },
  { fault: { type: 'refuse' }, mode: 'read', code: null, tries: 2, written: 0 },
  { fault: { type: 'cut-after' }, mode: 'read', code: null, tries: 2, written: 0 },
  { fault: { type: 'silent' }, mode: 'read', code: null, tries: 2, written: 0 },
  // Whether it was carried out nobody knows, so it is not sent again.
  { fault: { type: 'cut-after' }, mode: 'write', code: 'provider/outcome-unknown', tries: 1, written: 1 },
  { fault: { type: 'cut-before' }, mode: 'write', code: 'provider/outcome-unknown', tries: 1, written: 0 },
  { fault: { type: 'silent' }, mode: 'write', code: 'provider/outcome-unknown', tries: 1, written: 1 },
  { fault: { type: 'status', status: 503 }, mode: 'write', code: 'provider/outcome-unknown', tries: 1, written: 0 },
  // These do not pass by themselves.
  { fault: { type: 'status', status: 401 }, mode: 'write', code: 'provider/bad-credentials', tries: 1, written: 0 },
  { fault: { type: 'status', status: 507 }, mode: 'write', code: 'provider/full', tries: 1, written: 0 },
];

let worker: DriverWorker;
let hrana: HranaServer;
let pglite: PostgresServer;
let neon: NeonServer;

beforeAll(async () => {
  [worker, hrana, pglite] = await Promise.all([DriverWorker.start(), startHrana({ authToken }), startPglite()]);
  neon = await startNeon(pglite);
});
afterAll(async () => {
  await neon.close();
  await Promise.all([worker.stop(), hrana.close(), pglite.stop()]);
});

describe.each(['turso', 'neon'] as const)('through a network that fails, %s', (driver) => {
  let proxy: FaultProxy;
  let direct: RemoteSql;
  let faulty: RemoteSql;
  let rows = 0;

  beforeAll(async () => {
    proxy = await FaultProxy.start(driver === 'turso' ? hrana.port : neon.port);
    direct = worker.open(choiceFor(driver));
    faulty = worker.open(choiceFor(driver, { port: proxy.port, timeout: 700 }));
    await direct.batch([{ sql: 'CREATE TABLE marks (n integer)', params: [] }], 'write');
  });
  beforeEach(async () => {
    rows = await countOf(direct);
  });
  afterEach(() => proxy.set({ type: 'none' }));
  afterAll(() => proxy.close());

  it.each(cases)(
    'calls a write after $fault $write, and has carried it out once ($written) or not at all',
    async ({ fault, write, written }) => {
      await proxy.set(fault);

      const kind = await kindOf(faulty.batch([{ sql: 'INSERT INTO marks (n) VALUES (?)', params: [1] }], 'write'));

      expect(kind).toBe(write);
      expect((await countOf(direct)) - rows).toBe(written ? 1 : 0);
    },
  );

  it.each(cases)('calls a read after $fault $read, and is well again when the network is', async ({ fault, read }) => {
    await proxy.set(fault);
    const kind = await kindOf(countOf(faulty));
    await proxy.set({ type: 'none' });

    expect(kind).toBe(read);
    expect(await countOf(faulty)).toBe(rows);
  });
});

describe.each(['turso', 'neon'] as const)('the fault run: what is tried again, %s', (driver) => {
  let proxy: FaultProxy;
  let direct: RemoteSql;

  beforeAll(async () => {
    proxy = await FaultProxy.start(driver === 'turso' ? hrana.port : neon.port);
    direct = worker.open(choiceFor(driver));
    await direct.batch([{ sql: 'CREATE TABLE IF NOT EXISTS marks (n integer)', params: [] }], 'write');
  });
  afterAll(() => proxy.close());

  it.each(trials)('$mode, $fault: $code after $tries, carried out $written', async ({ fault, mode, code, tries, written }) => {
    const before = await countOf(direct);
    const faulty = worker.open(choiceFor(driver, { port: proxy.port, timeout: 700 }));
    let tried = 0;
    const counted: RemoteSql = {
      dialect: faulty.dialect,
      batch: (...batch) => {
        tried += 1;
        return faulty.batch(...batch);
      },
    };
    const sql = retrying(counted, { now: Date.now, pause: () => proxy.set({ type: 'none' }), random: () => 0.5 });
    await proxy.set(fault);

    const text = mode === 'read' ? 'SELECT 1' : 'INSERT INTO marks (n) VALUES (1)';
    const told = await sql.batch([{ sql: text, params: [] }], mode).then(
      () => null,
      (failure: unknown) => (failure instanceof RemoteSqlError ? toProviderError('Elsewhere', failure) : failure),
    );
    await proxy.set({ type: 'none' });

    expect([isBetterBaseError(told) ? told.code : told, tried, (await countOf(direct)) - before]).toEqual([code, tries, written]);
    if (isBetterBaseError(told)) expect(told.hint).toMatch(/\w/);
  });
});

describe('strangers', () => {
  it('are not let in with a wrong token or password, and do not read theirs in the message', async () => {
    const strangers: readonly DriverChoice[] = [
      { driver: 'turso', url: hrana.url, authToken: 'not-the-token' },
      { driver: 'neon', connectionString: neon.connectionString.replace(/:[^:@]*@/, ':not-the-token@') },
      { driver: 'neon', connectionString: 'postgresql://ann:not-the-token@' },
    ];

    for (const choice of strangers) {
      const batch = worker.open(choice).batch([{ sql: 'SELECT 1', params: [] }], 'write');
      await expect(batch).rejects.toMatchObject({
        failure: { kind: 'credentials' },
        message: expect.not.stringContaining('not-the-token'),
      });
    }
  });

  const folder = findPostgres();
  it.skipIf(folder === null)('nor by a real PostgreSQL, with a wrong password or to a database that is not there', async () => {
    const postgres = await startPostgres(folder ?? '');
    const server = await startNeon(postgres);
    try {
      const right = server.connectionString;
      for (const wrong of [right.replace(/:[^:@]*@/, ':not-the-token@'), right.replace(/[^/]*$/, 'nowhere')])
        expect(await kindOf(countOf(worker.open({ driver: 'neon', connectionString: wrong })))).toBe('credentials');
      expect(await kindOf(countOf(worker.open({ driver: 'neon', connectionString: right })))).toBe('refused');
    } finally {
      await server.close();
      await postgres.stop();
    }
  });
});

function choiceFor(driver: 'turso' | 'neon', { port, timeout = 10_000 }: { port?: number; timeout?: number } = {}): DriverChoice {
  if (driver === 'turso') return { driver, url: `http://127.0.0.1:${port ?? hrana.port}`, authToken, timeout };
  return { driver, connectionString: neon.connectionString.replace(`:${neon.port}/`, `:${port ?? neon.port}/`), timeout };
}

async function countOf(sql: RemoteSql): Promise<number> {
  const [result] = await sql.batch([{ sql: 'SELECT count(*) AS n FROM marks', params: [] }], 'read');
  return Number(result?.rows[0]?.[0]);
}

async function kindOf(batch: Promise<unknown>): Promise<Kind> {
  try {
    await batch;
    return null;
  } catch (error) {
    if (error instanceof Error && 'failure' in error) return (error.failure as RemoteFailure).kind;
    throw error;
  }
}
