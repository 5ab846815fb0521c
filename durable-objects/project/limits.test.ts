import { defaultLimits } from '@betterbase/core';
import type { ActionResult } from '@betterbase/engine';
import { expect, test } from 'vitest';
import { ActionSlots } from './action-slots.ts';
import { cellsManifest, ProjectBench } from './test/project-bench.ts';

async function benchWith(limits: object): Promise<ProjectBench> {
  const bench = new ProjectBench();
  bench.describe = () => ({ ...cellsManifest, limits });
  await bench.project.code.deploy({ app: 'limited' });
  return bench;
}

const result: ActionResult = {
  outcome: { ok: true, value: 'null' },
  report: { path: 'cells:act', milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] },
};

test('the limits of a project are those of the deployment that serves', async () => {
  const bench = await benchWith({ subscriptions: 2 });
  const watchThree = async (): Promise<unknown[]> => {
    const socket = bench.connect();
    const add = [1, 2, 3].map((id) => ({ id, path: 'cells:get', args: { cell: 'a' } }));
    bench.say(socket, { type: 'watch', add, remove: [] });
    await bench.quiet();
    return socket.transitions().flatMap(({ changes }) => changes.filter((change) => 'error' in change));
  };
  expect(await watchThree()).toMatchObject([{ id: 3, error: { code: 'limit/subscriptions', details: { allowed: 2 } } }]);

  bench.describe = () => cellsManifest;
  await bench.project.code.deploy({ app: 'unlimited' });

  expect(await watchThree()).toEqual([]);
});

test('a connection that sends more calls than may wait is told so: of mutations it is cut off', async () => {
  const bench = await benchWith({ callsWaiting: 2 });
  const socket = bench.connect();
  for (const id of [1, 2, 3]) bench.say(socket, { type: 'mutation', id, path: 'cells:set', args: { cell: 'a', value: id } });

  expect(socket.frames.join('')).toContain('"code":"limit/calls-waiting"');
});

test('so many actions run at once; each that ends lets another run', async () => {
  const { project } = await benchWith({ concurrentActions: 2 });
  const find = (ticket: string) => project.switchboard.findAction('cells:act', undefined, ticket);

  expect([await find('a'), await find('b'), await find('c')]).toMatchObject([
    { ok: true },
    { ok: true },
    { ok: false, error: { code: 'limit/concurrent-actions', details: { measured: 3, allowed: 2 } } },
  ]);
  // Those that an action calls are part of it.
  expect(await project.switchboard.findAction('cells:act')).toMatchObject({ ok: true });
  project.actions.ranElsewhere('action', 'a', result);
  expect(await find('c')).toMatchObject({ ok: true });
});

test('actions over a socket count as well, and the one too many fails alone', async () => {
  const bench = await benchWith({ concurrentActions: 1 });
  const socket = bench.connect();
  bench.say(socket, { type: 'action', id: 1, path: 'cells:act', args: {} });
  bench.say(socket, { type: 'action', id: 2, path: 'cells:act', args: {} });
  await bench.quiet();

  expect(bench.actions).toHaveLength(1);
  expect(socket.frames.join('')).toContain('"code":"limit/concurrent-actions"');
  bench.project.actions.finished(bench.actions[0]?.ticket ?? '', 'r', result);
  bench.say(socket, { type: 'action', id: 3, path: 'cells:act', args: {} });
  await bench.quiet();
  expect(bench.actions).toHaveLength(2);
});

test('an action that never comes back holds its place for a quarter of an hour', () => {
  let now = 0;
  const slots = new ActionSlots({ limits: () => ({ ...defaultLimits, concurrentActions: 1 }), now: () => now });
  slots.take('lost');

  now = 14 * 60_000;
  expect(() => slots.take('next')).toThrow(expect.objectContaining({ code: 'limit/concurrent-actions' }));
  now = 15 * 60_000;
  slots.take('next');
});
