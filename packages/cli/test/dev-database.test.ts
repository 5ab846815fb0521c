import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderManifest } from '@betterbase/core';
import { expect, test, vi } from 'vitest';
import type { EnvironmentEntry } from '../src/admin/admin-client.ts';
import { DevDatabase } from '../src/dev/stand-in/dev-database.ts';
import type { StandInStart } from '../src/dev/stand-in/stand-in-messages.ts';
import { standInFailure } from '../src/dev/stand-in/stand-in-failure.ts';
import type { StandInRecord } from '../src/dev/stand-in/stand-in-record.ts';
import { StandInProcess } from '../src/dev/stand-in/stand-in-process.ts';
import { folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const turso: ProviderManifest = { type: 'turso', url: { env: 'URL' }, authToken: { env: 'TOKEN' } };
const names = ['TOKEN', 'URL'];

/** A project that has environment values, and stand-ins that are only said to run. */
class Machine {
  readonly values = new Map<string, string>();
  readonly started: StandInStart[] = [];
  readonly told: unknown[] = [];
  readonly failures: unknown[] = [];
  stopped = 0;
  nextPort = 5000;
  readonly takenPorts = new Set<number>();
  die = (): void => {};
  readonly #state: string;
  readonly #setAt = new Map<string, number>();
  #now = 0;

  private constructor(state: string) {
    this.#state = state;
  }

  static async create(): Promise<Machine> {
    return new Machine(await folderWith({}));
  }

  /** As `bb env set` does. */
  set(values: Readonly<Record<string, string>>): readonly EnvironmentEntry[] {
    this.#now += 1;
    for (const [name, value] of Object.entries(values)) {
      this.values.set(name, value);
      this.#setAt.set(name, this.#now);
    }
    return this.#entries();
  }

  /** One run of `bb dev`. */
  run(hyperdrive: StandInRecord | null = null): DevDatabase {
    return new DevDatabase({
      place: { state: this.#state, project: 'chat' },
      admin: {
        environment: async () => this.#entries(),
        changeEnvironment: async ({ set = {} }) => this.set(set),
      },
      newProcess: ({ died }) => {
        this.die = died;
        return {
          serve: async (start) => {
            this.started.push(start);
            const port = start.port === 0 || this.takenPorts.has(start.port) ? this.nextPort : start.port;
            return { port, settings: { url: `http://127.0.0.1:${port}`, authToken: start.secret }, tools: start.path };
          },
          stop: async () => void this.stopped++,
          kill: () => {},
        };
      },
      say: (event) => this.told.push(event),
      onFailed: (error) => this.failures.push(error),
      hyperdrive,
    });
  }

  #entries(): readonly EnvironmentEntry[] {
    return [...this.#setAt].map(([name, updatedAt]) => ({ name, updatedAt }));
  }
}

test('a database that nobody has set values for is stood in for, and the values lead there', async () => {
  const machine = await Machine.create();

  await machine.run().prepare(turso);

  expect(machine.values.get('URL')).toBe('http://127.0.0.1:5000');
  expect(machine.values.get('TOKEN')).toBe(machine.started[0]?.secret);
  expect(machine.told).toEqual([
    { event: 'database', provider: 'turso', place: 'here', values: ['URL', 'TOKEN'], tools: expect.stringContaining('chat-turso.db') },
  ]);
});

test('values that somebody has set are used as they are, and that is said once', async () => {
  const machine = await Machine.create();
  machine.set({ URL: 'libsql://mine', TOKEN: 'mine' });
  const database = machine.run();

  await database.prepare(turso);
  await database.prepare(turso);

  expect(machine.started).toEqual([]);
  expect(Object.fromEntries(machine.values)).toEqual({ URL: 'libsql://mine', TOKEN: 'mine' });
  expect(machine.told).toEqual([{ event: 'database', provider: 'turso', place: 'elsewhere', values: ['URL', 'TOKEN'], tools: null }]);
});

test.each([
  ['some of the values are set', { ...turso }, { URL: 'libsql://mine' }],
  ['the address is written out', { ...turso, url: 'libsql://mine' }, {}],
])('when %s, nothing stands in: the server says what is missing', async (_, provider, values) => {
  const machine = await Machine.create();
  machine.set(values);

  await machine.run().prepare(provider);

  expect(machine).toMatchObject({ started: [], told: [] });
});

test('the next run brings the same one back before anything is deployed, and changes no value', async () => {
  const machine = await Machine.create();
  await machine.run().prepare(turso);
  const before = machine.values.get('TOKEN');
  const again = machine.run();

  await again.resume();
  await again.prepare(turso);

  expect(machine.started[1]).toEqual({ ...machine.started[0], port: 5000 });
  expect(machine.values.get('TOKEN')).toBe(before);
});

test('when its port is taken by then, the values follow it', async () => {
  const machine = await Machine.create();
  await machine.run().prepare(turso);
  const again = machine.run();
  machine.takenPorts.add(5000);
  machine.nextPort = 6000;

  await again.prepare(turso);

  expect(machine.values.get('URL')).toBe('http://127.0.0.1:6000');
});

test('values that somebody has set since are theirs: nothing stands in any more', async () => {
  const machine = await Machine.create();
  const database = machine.run();
  await database.prepare(turso);
  machine.set({ URL: 'libsql://mine', TOKEN: 'mine' });

  await database.prepare(turso);
  const later = machine.run();
  await later.resume();

  expect(machine.stopped).toBe(1);
  expect(machine.started).toHaveLength(1);
  expect(machine.values.get('URL')).toBe('libsql://mine');
});

test('values by other names lead to the same data', async () => {
  const machine = await Machine.create();
  const database = machine.run();
  await database.prepare(turso);

  await database.prepare({ type: 'turso', url: { env: 'DB' }, authToken: { env: 'KEY' } });

  expect(machine.started).toHaveLength(1);
  expect(machine.values.get('DB')).toBe(machine.values.get('URL'));
});

test('one that ends by itself is started again at its port, but not for ever', async () => {
  const machine = await Machine.create();
  await machine.run().prepare(turso);

  for (let death = 0; death < 6; death += 1) {
    machine.die();
    await Promise.resolve();
    await Promise.resolve();
  }

  expect(machine.started.map(({ port }) => port)).toEqual([0, 5000, 5000, 5000, 5000, 5000]);
  expect(machine.failures).toEqual([expect.objectContaining({ code: 'dev/runtime-failed' })]);
});

test('a project in D1 is told where that is', async () => {
  const machine = await Machine.create();

  await machine.run().prepare({ type: 'd1', binding: 'APP_DB' });
  await machine.run().prepare({ type: 'embedded' });

  expect(machine.told).toEqual([{ event: 'database', provider: 'd1', place: 'here', values: [], tools: 'APP_DB' }]);
  expect(names.some((name) => machine.values.has(name))).toBe(false);
});

test('behind a Hyperdrive it stands where the platform was told to look, and no value is set', async () => {
  const machine = await Machine.create();
  const hyperdrive = { type: 'postgres', port: 7000, secret: 's', setAt: {} } as const;
  const bound = { type: 'supabase', binding: 'HYPERDRIVE' } as const;

  await machine.run(hyperdrive).prepare(bound);
  machine.takenPorts.add(7000);

  await expect(machine.run(hyperdrive).prepare(bound)).rejects.toMatchObject({
    code: 'dev/runtime-failed',
    hint: expect.stringContaining('again'),
  });
  expect(machine.started[0]).toMatchObject({ type: 'postgres', port: 7000, secret: 's' });
  expect(machine.values.size).toBe(0);
  expect(machine.told).toMatchObject([{ provider: 'supabase', place: 'here', values: [] }]);
});

test('a Hyperdrive that leads to a database of somebody’s own is left alone', async () => {
  const machine = await Machine.create();

  await machine.run().prepare({ type: 'postgres', binding: 'HYPERDRIVE' });

  expect(machine).toMatchObject({ started: [], told: [] });
});

test('what a stand-in is made of is named when it is not installed', () => {
  const missing = Object.assign(new Error("Cannot find package '@electric-sql/pglite' imported from /somewhere/start-pglite.ts"), {
    code: 'ERR_MODULE_NOT_FOUND',
  });

  expect(standInFailure(missing)).toMatchObject({
    message: expect.stringContaining('@electric-sql/pglite and @electric-sql/pglite-pgvector and @electric-sql/pglite-socket are not'),
    hint: expect.stringMatching(/npm install --save-dev @electric-sql\/pglite@\d+\.\d+\.\d+ /),
  });
  expect(standInFailure(new Error('no space left'))).toMatchObject({ message: 'no space left', isPortTaken: false });
});

test('a stand-in is a process of its own: it takes another port if it must, is missed when it dies, and ends when asked', async () => {
  const folder = await folderWith({});
  const died = vi.fn<() => void>();
  const start = { type: 'turso', path: join(folder, 'data', 'a.db'), port: 0, secret: 's' } as const;
  const [one, two] = [new StandInProcess({ line: () => {}, died }), new StandInProcess({ line: () => {}, died })];

  const { port, settings } = await one.serve(start);
  const other = await two.serve({ ...start, port });
  const knock = (): Promise<number> =>
    fetch(`${settings['url'] ?? ''}/v3`, { headers: { authorization: 'Bearer s' } }).then(({ status }) => status);

  expect(other.port).not.toBe(port);
  expect(await knock()).toBe(200);
  await two.stop();
  expect(died).not.toHaveBeenCalled();
  process.kill(one.pid ?? 0, 'SIGKILL');
  await vi.waitFor(() => expect(died).toHaveBeenCalledOnce());
  await expect(knock()).rejects.toThrow('fetch failed');
  expect(existsSync(join(folder, 'data'))).toBe(true);
});

test('a stand-in that cannot have its place says why', async () => {
  const folder = await folderWith({ data: 'a file where a folder should be' });
  const database = new StandInProcess({ line: () => {}, died: () => {} });

  await expect(database.serve({ type: 'neon', path: join(folder, 'data', 'a.db'), port: 0, secret: 's' })).rejects.toMatchObject({
    code: 'dev/runtime-failed',
    message: expect.stringContaining('The stand-in for neon does not start: E'),
  });
});
