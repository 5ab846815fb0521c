import { forEachSeed, type Seeded } from '@betterbase/testing';
import { expect, test } from 'vitest';
import { ConvexSimClient } from '../../test/convex-sim-client.ts';
import { cellsManifest, ProjectBench } from '../../test/project-bench.ts';

/** `SIM_SEED=7` lives one life again. */
const first = Number(process.env['SIM_SEED'] ?? 1);
const runs = process.env['SIM_SEED'] === undefined ? Number(process.env['SIM_SEEDS'] ?? 60) : 1;

async function deployedBench(): Promise<ProjectBench> {
  const bench = new ProjectBench();
  bench.describe = () => ({ ...cellsManifest, auth: [{ domain: 'https://issuer.test', applicationID: 'app' }] });
  bench.checkToken = async (subject) => ({
    ok: true,
    identity: { subject, issuer: 'https://issuer.test', tokenIdentifier: `https://issuer.test|${subject}` },
    expiresAt: Number.MAX_SAFE_INTEGER,
  });
  await bench.project.code.deploy({ app: 'cells' });
  return bench;
}

/** Outcomes are swept. A client that has just called something is away, perhaps longer than its session lives. */
async function passDays(bench: ProjectBench, random: Seeded, client: ConvexSimClient): Promise<void> {
  client.add('a', 1);
  if (random.chance(0.7)) await bench.quiet();
  if (random.chance(0.7)) client.hangUp();
  await bench.timer.pass(random.below(60) * 60 * 60 * 1000);
  await bench.project.alarm.ring();
  await bench.quiet();
}

async function live(random: Seeded): Promise<void> {
  const bench = await deployedBench();
  const clients = [new ConvexSimClient(bench, 1), new ConvexSimClient(bench, 2), new ConvexSimClient(bench, 3)] as const;
  const anyClient = (): ConvexSimClient => random.pick(clients);
  const anyCell = (): string => random.pick(['a', 'b', 'c']);
  let isLosing = false;
  bench.host.step = () => {
    if (isLosing && random.below(15) === 0) throw new Error('lost');
  };

  for (let round = 0; round < 120; round++) {
    switch (random.below(16)) {
      case 0:
      case 1:
        anyClient().watch(anyCell(), random.pick(['cells:get', 'cells:who', 'cells:page']));
        break;
      case 2:
        anyClient().unwatch();
        break;
      case 3:
      case 4:
      case 5:
      case 6:
        anyClient().add(anyCell(), 1 + random.below(5));
        break;
      case 7:
        anyClient().hangUp();
        break;
      case 8:
        // Nothing is under way and no timer waits when the platform puts an object to sleep.
        await bench.quiet();
        for (let waits = 0; bench.timer.pending > 0 && waits < 5; waits++) await bench.timer.pass(2_000);
        if (bench.timer.pending > 0) break;
        bench.sleep({ engine: random.chance(0.5) ? 'ends' : 'stays' });
        break;
      case 9:
        if (random.chance(0.3)) bench.crash();
        break;
      case 10:
        isLosing = !isLosing;
        break;
      case 11:
        await bench.timer.pass(random.below(3) * 700);
        break;
      case 12:
        anyClient().become(random.pick(['ann', 'ben', null]));
        break;
      case 13:
        await passDays(bench, random, anyClient());
        break;
      case 14:
        await bench.query('cells:get', { cell: anyCell() });
        break;
      default:
        await bench.mutate('cells:add', { cell: anyCell(), by: 1 });
    }
    if (random.below(3) === 0) await bench.quiet();
    for (const client of clients) if (random.below(3) > 0) client.step();
  }

  isLosing = false;
  await bench.timer.pass(61_000);
  for (let round = 0; round < 6; round++) {
    for (const client of clients) client.step();
    await bench.quiet();
    await bench.mutate('cells:add', { cell: 'elsewhere', by: 1 });
    await bench.timer.pass(2_000);
  }
  for (const client of clients) client.step();

  for (const client of clients) {
    expect(client.isIdle, `${client.name}: every promise is fulfilled`).toBe(true);
    expect([...client.done, ...client.failed, ...client.unknown].sort((one, other) => one - other)).toEqual(
      Array.from({ length: client.sent }, (_, n) => n),
    );
    for (const { cell, path, shown, user } of client.watching) {
      const value = shown?.type === 'QueryUpdated' ? shown.value : shown;
      expect(value, `${client.name} sees ${path} ${cell} as it is`).toMatchObject({
        value: bench.host.disk.cells.get(cell) ?? null,
        ...(path === 'cells:who' ? { who: user } : {}),
      });
    }
    const ran = (id: number): number => bench.host.disk.runs.get(`${client.session} ${id}`) ?? 0;
    for (const id of client.done) expect(ran(id), `${client.name}: mutation ${id} ran once`).toBe(1);
    for (const id of client.failed) expect(ran(id), `${client.name}: mutation ${id} failed and did nothing`).toBe(0);
    for (const id of client.unknown) expect(ran(id), `${client.name}: mutation ${id} ran once or not at all`).toBeLessThan(2);
  }
}

test('whatever is lost, slept through or killed, every Convex client ends with the truth, and every mutation runs once', async () => {
  const silenced = console.error;
  console.error = () => {};
  try {
    await forEachSeed(runs, live, first);
  } finally {
    console.error = silenced;
  }
}, 120_000);
