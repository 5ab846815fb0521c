import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../loopback-server.ts';
import type { PostgresServer } from './postgres-server.ts';

/** The folder of PostgreSQL's programs on this machine, or null. */
export function findPostgres(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'initdb'));
  const packaged = globSync('/usr/lib/postgresql/*/bin/initdb');
  const found = [...onPath, ...packaged].find((path) => existsSync(path) && existsSync(join(dirname(path), 'postgres')));
  return found === undefined ? null : dirname(found);
}

/** A real PostgreSQL, from its programs in `folder`, with a database of its own that is gone when it is stopped. */
export async function startPostgres(folder: string): Promise<PostgresServer> {
  const [user, password, database] = ['postgres', 'of postgres', 'postgres'];
  const home = await mkdtemp(join(tmpdir(), 'betterbase-postgres-'));
  const data = join(home, 'data');
  await writeFile(join(home, 'password'), password);
  const owner = ordinaryUser();
  if (owner !== null) for (const path of [home, join(home, 'password')]) chownSync(path, owner.uid, owner.gid);
  const asOwner = { cwd: home, ...owner };
  const create = ['-D', data, '-U', user, '-E', 'UTF8', '--locale=C', '--no-sync', '--auth=scram-sha-256', `--pwfile=${home}/password`];
  await promisify(execFile)(join(folder, 'initdb'), create, asOwner);
  const port = await freePort();
  // Compiling a statement for tables as small as a test's takes a hundred times as long as running it.
  const quick = ['fsync', 'synchronous_commit', 'full_page_writes', 'jit'].flatMap((name) => ['-c', `${name}=off`]);
  const places = ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', `unix_socket_directories=${home}`];
  const program = spawn(join(folder, 'postgres'), [...places, ...quick], { ...asOwner, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    // The signal for an end that does not wait for connections.
    if (program.exitCode === null && program.kill('SIGINT')) await once(program, 'exit');
    await rm(home, { recursive: true });
  };
  try {
    await untilReady({ host: '127.0.0.1', port, user, password, database });
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, user, password, database, checksPasswords: true, sessions: 20, stop };
}

/** PostgreSQL refuses to run as root; its own user is there where it was installed from a package. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const idOf = (option: string): number => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function untilReady(config: pg.ClientConfig): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const client = new pg.Client(config);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
