/** Another program writes to the project's database: who watches hears of it, awake or asleep. */
import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';
import type { FakeSocket } from '../test/fake-socket.ts';

interface World {
  readonly bench: ProjectBench;
  /** How often the database was asked for its version. */
  readonly asked: () => number;
  /** What another program does. */
  readonly write: (cell: string, value: unknown) => void;
  /** Time passes to the alarm, and it rings. */
  readonly ring: () => Promise<void>;
}

async function world(pollEvery?: number): Promise<World> {
  const bench = new ProjectBench(['d1']);
  const { disk } = bench.host;
  let asked = 0;
  bench.databaseVersion = async () => {
    asked += 1;
    return disk.version;
  };
  const provider = { type: 'd1' as const, binding: 'APP_DB', ...(pollEvery === undefined ? {} : { pollEvery }) };
  const deployed = await bench.project.code.deploy({ app: 'cells', provider });
  if (!deployed.ok) throw new Error(deployed.error.message);
  return {
    bench,
    asked: () => asked,
    write: (cell, value) => {
      disk.cells.set(cell, value);
      disk.outside.push(cell);
      disk.version += 1;
    },
    ring: async () => {
      await bench.timer.pass(Math.max(0, (bench.alarms.at ?? 0) - bench.timer.now()));
      bench.alarms.at = null;
      await bench.project.alarm.ring();
      await bench.quiet();
    },
  };
}

async function watcher(bench: ProjectBench): Promise<FakeSocket> {
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  await bench.timer.pass(2_000);
  socket.heard();
  return socket;
}

const seen = (socket: FakeSocket): unknown[] =>
  socket
    .heard()
    .flatMap((message) =>
      message.type === 'transition' ? message.changes.map((change) => ('value' in change ? change.value : change)) : [],
    );

test('who watches sees it after ten seconds, and while nothing changes the engine is left alone', async () => {
  const { bench, asked, write, ring } = await world();
  const socket = await watcher(bench);
  const begun = bench.timer.now();
  const turns = bench.host.engine?.turns.length;

  await ring();
  expect(bench.timer.now() - begun).toBeLessThanOrEqual(10_000);
  expect([asked(), bench.host.engine?.turns.length]).toEqual([1, turns]);

  write('a', 1);
  await ring();
  expect(seen(socket)).toEqual([{ value: 1 }]);
});

test('an object that sleeps wakes to look, and the engine only if there is something to see', async () => {
  const { bench, asked, write, ring } = await world(60);
  const socket = await watcher(bench);
  await ring();
  const before = asked();

  bench.sleep();
  await ring();
  expect([asked() - before, bench.host.engine, socket.heard()]).toEqual([1, null, []]);

  bench.sleep();
  write('a', 'by hand');
  await ring();
  expect(seen(socket)).toEqual([{ value: 'by hand' }]);
});

test('when nobody watches any more, nobody looks', async () => {
  const { bench, asked, ring } = await world();
  const socket = await watcher(bench);
  bench.hangUp(socket);

  await ring();
  const before = asked();
  await ring();

  expect(asked()).toBe(before);
});

test('an answer out of memory is not older than that', async () => {
  const { bench, asked, write } = await world(5);
  const ask = () => bench.query('cells:get', { cell: 'a' });
  await ask();
  const before = asked();

  write('a', 1);
  expect(await ask()).toEqual({ ok: true, value: '{"value":null}' });
  await bench.timer.pass(5_001);
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1].map((value) => ({ ok: true, value: JSON.stringify({ value }) })));
  expect(asked() - before).toBe(1);
});

test('while the database does not answer nobody waits for it more often than that', async () => {
  const { bench } = await world(5);
  let asked = 0;
  bench.databaseVersion = async () => {
    asked += 1;
    throw new Error('nobody is there');
  };

  for (let call = 0; call < 3; call++) expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: true });
  expect(asked).toBe(1);
});

test('0 is never, but for those who say so', async () => {
  const { bench, asked, write } = await world(0);
  const socket = await watcher(bench);
  write('a', 1);
  await bench.timer.pass(3_600_000);
  await bench.query('cells:get', { cell: 'a' });
  expect([asked(), socket.heard()]).toEqual([0, []]);

  expect(await bench.project.outside.look()).toEqual({ ok: true, changed: 1, refused: 0 });
  expect(seen(socket)).toEqual([{ value: 1 }]);
});

test('a database that does not answer is asked again, and documents in the project itself are never looked for', async () => {
  const { bench, write, ring } = await world();
  const socket = await watcher(bench);
  const { databaseVersion } = bench;
  bench.databaseVersion = async () => null;
  write('a', 1);
  await ring();
  expect(socket.heard()).toEqual([]);
  bench.databaseVersion = databaseVersion;
  await ring();
  expect(seen(socket)).toEqual([{ value: 1 }]);

  const embedded = await ProjectBench.deployed();
  await watcher(embedded);
  expect(await embedded.project.outside.look()).toEqual({ ok: true, changed: 0, refused: 0 });
  expect(embedded.disk.rows("SELECT name FROM sqlite_master WHERE name = 'alarm_hands'")).toEqual([]);
});
