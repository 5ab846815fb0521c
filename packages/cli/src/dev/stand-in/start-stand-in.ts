/** Starts a stand-in in this process. What it is made of is loaded here and nowhere else: most apps need none of it. */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StandInAddress, StandInStart } from './stand-in-messages.ts';
import { postgresAddress } from './stand-in-type.ts';

export interface RunningStandIn extends StandInAddress {
  close(): Promise<void>;
}

export async function startStandIn(start: StandInStart): Promise<RunningStandIn> {
  await mkdir(dirname(start.path), { recursive: true });
  switch (start.type) {
    case 'turso':
      return startTurso(start);
    case 'neon':
      return startNeon(start);
    case 'postgres':
      return startPostgres(start);
    default:
      return start.type satisfies never;
  }
}

async function startTurso({ path, port, secret }: StandInStart): Promise<RunningStandIn> {
  const { startHrana } = await import('@betterbase/stand-ins/turso');
  const server = await startHrana({ file: path, port, authToken: secret });
  return { port: server.port, settings: { url: server.url, authToken: secret }, tools: path, close: () => server.close() };
}

async function startNeon({ path, port, secret }: StandInStart): Promise<RunningStandIn> {
  const [{ startPglite }, neon] = await Promise.all([import('@betterbase/stand-ins/pglite'), import('@betterbase/stand-ins/neon')]);
  const postgres = await startPglite({ folder: path, password: secret });
  const server = await neon.startNeon(postgres, { port }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return {
    port: server.port,
    settings: { connectionString: server.connectionString },
    tools: `postgresql://${postgres.user}@127.0.0.1:${postgres.port}/${postgres.database}`,
    close: async () => {
      await server.close();
      await postgres.stop();
    },
  };
}

/** It asks nobody for the secret, which is there for the address to be a whole one. */
async function startPostgres({ path, port, secret }: StandInStart): Promise<RunningStandIn> {
  const { startPglite } = await import('@betterbase/stand-ins/pglite');
  const postgres = await startPglite({ folder: path, port, password: secret });
  const connectionString = postgresAddress({ port: postgres.port, secret });
  return { port: postgres.port, settings: { connectionString }, tools: connectionString, close: () => postgres.stop() };
}
