import { expect, test } from 'vitest';
import { ProjectBench } from './test/project-bench.ts';

const call = (cell: string) =>
  ({
    kind: 'query',
    path: 'cells:get',
    args: JSON.stringify({ cell }),
    identity: null,
    reach: 'public',
    requestId: 'r',
    idempotencyKey: null,
  }) as const;

test('queries as of a version are answered while it is the newest', async () => {
  const bench = await ProjectBench.deployed();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  const { switchboard } = bench.project;
  const told = await switchboard.version();
  expect(told).toEqual({ ok: true, version: bench.host.disk.version });
  const version = told.ok ? told.version : 0;

  expect(await switchboard.callAt(call('a'), version)).toEqual({ ok: true, value: '{"value":1}' });
  await bench.mutate('cells:set', { cell: 'b', value: 1 });
  expect(await switchboard.callAt(call('a'), version)).toMatchObject({ ok: false, error: { code: 'query/version-gone', requestId: 'r' } });
});

test('an object that has just woken tells the newest version too', async () => {
  const bench = await ProjectBench.deployed();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  bench.sleep();

  expect(await bench.project.switchboard.version()).toEqual({ ok: true, version: bench.host.disk.version });
});

test('what kind a function is, is known by any spelling of its path', async () => {
  const { switchboard } = (await ProjectBench.deployed()).project;

  expect(await switchboard.kindOf('cells/get')).toBe('query');
  expect(await switchboard.kindOf('cells:none')).toBeNull();
});
