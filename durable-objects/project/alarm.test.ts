import { expect, test } from 'vitest';
import { GuardAlarm } from './alarm.ts';

function bench(work: () => Promise<number | null>) {
  const platform = { at: null as number | null, sets: 0 };
  const alarm = new GuardAlarm({
    alarm: {
      get: async () => platform.at,
      set: async (at) => {
        platform.at = at;
        platform.sets += 1;
      },
    },
    now: () => 1_000,
    work,
  });
  return { platform, alarm };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('it is armed once, however often that is asked for', async () => {
  const { platform, alarm } = bench(async () => null);
  for (let n = 0; n < 100; n++) alarm.ensure(5_000);
  await soon();

  expect(platform).toEqual({ at: 5_000, sets: 1 });
});

test('an alarm that rings earlier is left as it is, also after sleep', async () => {
  const { platform, alarm } = bench(async () => null);
  platform.at = 2_000;
  alarm.ensure(5_000);
  await soon();

  expect(platform).toEqual({ at: 2_000, sets: 0 });
});

test('it rings again when the work wants it, and not when it does not', async () => {
  const times: (number | null)[] = [9_000, null];
  const { platform, alarm } = bench(async () => times.shift() ?? null);

  await alarm.ring();
  expect(platform.at).toBe(9_000);
  platform.at = null;
  await alarm.ring();
  expect(platform.at).toBeNull();
});

test('work that fails is tried again later, and ringing never throws', async () => {
  const { platform, alarm } = bench(async () => {
    throw new Error('no disk');
  });

  await alarm.ring();

  expect(platform.at).toBe(1_000 + 60 * 60 * 1000);
});
