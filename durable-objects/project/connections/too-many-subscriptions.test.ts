import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';

test('who watches more than a connection may is told so for each one more, and the others are answered', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  const add = Array.from({ length: 10_001 }, (_, at) => ({ id: at + 1, path: 'cells:get', args: { cell: 'a' } }));

  bench.say(socket, { type: 'watch', add, remove: [] });
  await bench.quiet();

  const changes = socket.transitions().flatMap((transition) => transition.changes);
  const refused = changes.filter((change) => 'error' in change);
  expect(refused).toEqual([expect.objectContaining({ id: 10_001, error: expect.objectContaining({ code: 'limit/subscriptions' }) })]);
  expect(changes).toHaveLength(10_001);
});
