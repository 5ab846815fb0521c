import { expect, test } from 'vitest';
import { AlarmHands } from './alarm-hands.ts';
import { nodeDisk } from './test/node-disk.ts';

const pulse = 45_000;

function bench() {
  const disk = nodeDisk();
  const platform = { at: null as number | null };
  const world = { now: 1_000_000, isAnybody: true, worked: 0, pinged: 0, onWork: async (_hands: AlarmHands): Promise<void> => {} };
  const create = (): AlarmHands => {
    const hands: AlarmHands = new AlarmHands({
      alarm: { get: async () => platform.at, set: async (at) => void (platform.at = at) },
      disk,
      now: () => world.now,
      work: async () => {
        world.worked += 1;
        await world.onWork(hands);
      },
      keepAlive: () => {
        world.pinged += 1;
        return world.isAnybody;
      },
    });
    return hands;
  };
  /** Time goes on to the alarm, and it rings. */
  const ring = async (hands: AlarmHands): Promise<void> => {
    world.now = platform.at ?? world.now;
    platform.at = null;
    await hands.ring();
  };
  return { platform, world, disk, create, ring };
}

test('while nobody is kept alive it is the platform’s alarm, and nothing is on disk', async () => {
  const { platform, world, disk, create, ring } = bench();
  const hands = create();
  await hands.set(2_000_000);
  expect(await hands.get()).toBe(2_000_000);
  await ring(hands);

  expect([world.worked, world.pinged, platform.at]).toEqual([1, 0, null]);
  expect(disk.rows("SELECT name FROM sqlite_master WHERE name = 'alarm_hands'")).toEqual([]);
});

test('pings come first, and what is due rings in its time', async () => {
  const { platform, world, create, ring } = bench();
  const hands = create();
  await hands.set(1_100_000);
  await hands.beat();
  await hands.beat();
  expect(platform.at).toBe(1_000_000 + pulse);
  expect(await hands.get()).toBe(1_100_000);

  await ring(hands);
  await ring(hands);
  expect([world.worked, world.pinged, platform.at]).toEqual([0, 2, 1_100_000]);
  await ring(hands);
  expect([world.worked, world.pinged]).toEqual([1, 2]);
  expect(platform.at).toBe(1_000_000 + 3 * pulse);
  expect(await hands.get()).toBeNull();
});

test('both hands outlive the process', async () => {
  const { platform, world, create, ring } = bench();
  const hands = create();
  await hands.beat();
  await hands.set(1_100_000);

  await ring(create());
  await ring(create());
  await ring(create());

  expect([world.worked, world.pinged, platform.at]).toEqual([1, 2, 1_000_000 + 3 * pulse]);
});

test('work that is cut off is done when the alarm rings again', async () => {
  const { world, platform, create, ring } = bench();
  const hands = create();
  await hands.beat();
  await hands.set(1_010_000);
  world.onWork = () => new Promise(() => {});
  void ring(hands);
  await new Promise((resolve) => setImmediate(resolve));
  expect(world.worked).toBe(1);

  world.onWork = async () => {};
  platform.at = world.now;
  await ring(create());

  expect(world.worked).toBe(2);
});

test('work says when it wants to ring next', async () => {
  const { world, platform, create, ring } = bench();
  const hands = create();
  await hands.beat();
  await hands.set(1_010_000);
  world.onWork = (ringing) => ringing.set(1_020_000);
  await ring(hands);

  expect(await hands.get()).toBe(1_020_000);
  expect(platform.at).toBe(1_020_000);
});

test('when nobody is left, pings end and what is due stays', async () => {
  const { world, platform, disk, create, ring } = bench();
  const hands = create();
  await hands.beat();
  await hands.set(9_000_000);
  world.isAnybody = false;
  await ring(hands);

  expect([world.worked, world.pinged, platform.at]).toEqual([0, 1, 9_000_000]);
  expect(disk.rows('SELECT hand FROM alarm_hands')).toEqual([]);
  expect(await hands.get()).toBe(9_000_000);
});
