import { forEachSeed, type Seeded } from '@betterbase/testing';
import { expect, test } from 'vitest';
import { ProjectBench } from './test/project-bench.ts';
import { SimClient } from './test/sim-client.ts';

/** `SIM_SEED=7` lives one life again. */
const first = Number(process.env['SIM_SEED'] ?? 1);
const runs = process.env['SIM_SEED'] === undefined ? Number(process.env['SIM_SEEDS'] ?? 60) : 1;

async function live(random: Seeded): Promise<void> {
  const bench = await ProjectBench.deployed();
  const clients: [SimClient, ...SimClient[]] = [
    new SimClient(bench, 'client 0'),
    new SimClient(bench, 'client 1'),
    new SimClient(bench, 'client 2'),
  ];
  const anyClient = (): SimClient => random.pick(clients);
  const anyCell = (): string => random.pick(['a', 'b', 'c', 'd', 'e']);
  let isLosing = false;
  const lose = (): void => {
    if (isLosing && random.below(12) === 0) throw new Error('lost');
  };
  bench.host.step = lose;

  for (let round = 0; round < 120; round++) {
    switch (random.below(17)) {
      case 0:
      case 1:
        anyClient().watch(anyCell(), random.chance(0.5) ? 'cells:get' : 'cells:page');
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
        await bench.timer.pass(1_000);
        bench.sleep({ engine: random.below(2) === 0 ? 'ends' : 'stays' });
        break;
      case 9:
        bench.crash();
        break;
      case 10:
        isLosing = !isLosing;
        break;
      case 11:
        await bench.timer.pass(random.below(3) * 700);
        break;
      case 12:
        if (random.below(4) === 0) await bench.project.code.deploy({ app: `app ${round}` });
        break;
      case 13:
      case 14:
        expect(await bench.query('cells:get', { cell: anyCell() }), 'a query has an answer').toHaveProperty('ok');
        break;
      case 15:
        bench.host.limitTurns(random.chance(0.5) ? 1 + random.below(6) : Number.POSITIVE_INFINITY);
        break;
      default:
        await bench.mutate('cells:add', { cell: anyCell(), by: 1 });
    }
    if (random.below(3) === 0) await bench.quiet();
    for (const client of clients) if (random.below(3) > 0) client.step();
  }

  isLosing = false;
  // Long enough for what was refused to be run again, at the next turn.
  await bench.timer.pass(61_000);
  for (let round = 0; round < 6; round++) {
    for (const client of clients) client.step();
    await bench.quiet();
    await bench.mutate('cells:add', { cell: 'elsewhere', by: 1 });
    await bench.timer.pass(2_000);
  }

  for (const client of clients) {
    expect(client.isIdle, `${client.name} has every answer`).toBe(true);
    for (const { cell, value } of client.watching.values())
      expect(value, `${client.name} sees cell ${cell} as it is`).toBe(bench.host.disk.cells.get(cell) ?? null);
    expect(
      client.outcomes.map(({ id }) => id),
      `${client.name} hears outcomes in order`,
    ).toEqual(Array.from({ length: client.sent }, (_, n) => n + 1));
  }
  expect(
    [...bench.host.disk.runs].filter(([, ran]) => ran > 1),
    'nothing ran twice',
  ).toEqual([]);
  for (const client of clients) {
    const ran = (id: number): number => bench.host.disk.runs.get(`${client.session} ${id}`) ?? 0;
    for (const { id, isDone } of client.outcomes)
      expect(ran(id), `${client.name}: mutation ${id} ran as often as it was said to`).toBe(isDone ? 1 : 0);
  }
}

test('whatever is lost, slept through, killed or deployed, every client ends with the truth and every mutation runs once', async () => {
  const silenced = console.error;
  console.error = () => {};
  try {
    await forEachSeed(runs, live, first);
  } finally {
    console.error = silenced;
  }
}, 120_000);
