/** The drivers inside workerd, through the vendors' own clients, against real D1 and against stand-ins for the others. */
import { remoteSqlContract } from '@betterbase/testing/contracts';
import {
  findPostgres,
  type HranaServer,
  type NeonServer,
  type PostgresServer,
  startHrana,
  startNeon,
  startPglite,
  startPostgres,
} from '@betterbase/testing/stand-ins';
import { afterAll, beforeAll, describe } from 'vitest';
import { DriverWorker } from './driver-worker.ts';

const authToken = 'token of the test';
const postgresFolder = findPostgres();
let worker: DriverWorker;

beforeAll(async () => {
  worker = await DriverWorker.start();
});
afterAll(() => worker.stop());

remoteSqlContract('D1', { open: () => worker.open({ driver: 'd1' }), wideIntegers: 'rounded' });

describe('through a stand-in', () => {
  let hrana: HranaServer;
  beforeAll(async () => {
    hrana = await startHrana({ authToken });
  });
  afterAll(() => hrana.close());

  remoteSqlContract('Turso', { open: () => worker.open({ driver: 'turso', url: hrana.url, authToken }), wideIntegers: 'text' });
});

neonContract('PGlite', startPglite);
if (postgresFolder !== null) neonContract('PostgreSQL', () => startPostgres(postgresFolder));

function neonContract(name: string, start: () => Promise<PostgresServer>): void {
  describe('through a stand-in', () => {
    let postgres: PostgresServer;
    let neon: NeonServer;
    beforeAll(async () => {
      postgres = await start();
      neon = await startNeon(postgres);
    });
    afterAll(async () => {
      await neon.close();
      await postgres.stop();
    });

    remoteSqlContract(`Neon in front of ${name}`, {
      open: () => worker.open({ driver: 'neon', connectionString: neon.connectionString }),
      wideIntegers: 'text',
    });
    // PGlite is one session, and each batch is a connection there.
    if (name === 'PGlite') return;
    remoteSqlContract(`${name} over its own protocol`, {
      open: () => worker.open({ driver: 'postgres', connectionString: addressOf(postgres), isEncrypted: false }),
      wideIntegers: 'text',
    });
  });
}

function addressOf({ user, password, port, database }: PostgresServer): string {
  return `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}
