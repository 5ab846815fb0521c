import { expect, test } from 'vitest';
import { Activity, type CountedActivity } from './activity.ts';

test('calls are reported at most every five seconds, and none is forgotten', () => {
  const reports: CountedActivity[] = [];
  let now = 100_000;
  const activity = new Activity({ now: () => now, report: (counted) => reports.push(counted) });

  activity.count(false, 1);
  for (let n = 0; n < 9; n++) activity.count(n % 3 === 0, 2);
  now += 5_000;
  activity.count(false, 3);

  expect(reports).toEqual([
    { calls: 1, errors: 0, connections: 1, at: 100_000 },
    { calls: 10, errors: 3, connections: 3, at: 105_000 },
  ]);
});
