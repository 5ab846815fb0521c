import { expect, test } from 'vitest';
import { selfTimes } from './self-times.ts';

test('the time of each sample goes to the function that it met, and idle time to none', () => {
  const frame = (functionName: string, url = '', lineNumber = 0) => ({ functionName, url, lineNumber });
  const times = selfTimes({
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('read', 'file:///app/runtime.js', 41) },
      { id: 3, callFrame: frame('exec') },
    ],
    samples: [2, 1, 3, 2],
    timeDeltas: [1000, 9000, 500, 1000],
  });

  expect(times).toEqual([
    { what: 'read runtime.js:42', milliseconds: 2 },
    { what: 'exec', milliseconds: 0.5 },
  ]);
});
