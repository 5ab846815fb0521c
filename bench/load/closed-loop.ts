import type { Stopwatch } from '../measure/figures.ts';

/**
 * Keeps every lane busy with one operation at a time until `count` have been done in all, and times each.
 * `operate` gets the lane and the operation's number, 0 … count - 1.
 */
export async function closedLoop<Lane>(
  lanes: readonly Lane[],
  count: number,
  stopwatch: Stopwatch,
  operate: (lane: Lane, number: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const drive = async (lane: Lane): Promise<void> => {
    while (next < count) {
      const number = next++;
      const start = performance.now();
      await operate(lane, number);
      stopwatch.record(performance.now() - start);
    }
  };
  await Promise.all(lanes.map(drive));
}
