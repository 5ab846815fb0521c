import { expect, test } from 'vitest';
import { Standing } from './standing.ts';
import { nodeDisk } from './test/node-disk.ts';
import { ProjectBench } from './test/project-bench.ts';

test('a suspended project stays so through sleep, and opens again', () => {
  const disk = nodeDisk();
  const standing = new Standing(disk, 'p');
  expect(standing.state).toBe('open');
  standing.suspend(1);
  standing.suspend(2);
  expect(new Standing(disk, 'p').state).toBe('suspended');
  expect(() => standing.assertOpen()).toThrow(expect.objectContaining({ code: 'project/suspended' }));
  standing.resume();
  expect(new Standing(disk, 'p').state).toBe('open');
});

test('nothing is called while a project is suspended, and who watches is told why', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  await bench.quiet();

  bench.project.standing.suspend(bench.timer.now());
  bench.project.connections.failAll({ code: 'project/suspended', message: 'Closed.' });

  expect(socket.closedWith).toMatchObject({ code: 4403 });
  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: false, error: { code: 'project/suspended' } });
  expect(await bench.project.switchboard.refusal()).toMatchObject({ code: 'project/suspended' });
  bench.sleep();
  expect(await bench.mutate('cells:set', { cell: 'a', value: 1 })).toMatchObject({ error: { code: 'project/suspended' } });
  bench.project.standing.resume();
  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: true });
});
