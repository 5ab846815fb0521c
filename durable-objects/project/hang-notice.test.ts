import { expect, test } from 'vitest';
import { readHangNotice } from './hang-notice.ts';
import { ProjectBench } from './test/project-bench.ts';

test('a notice that says nothing we could act on is none', () => {
  const silenced = console.error;
  console.error = () => {};
  const notices = [
    undefined,
    '',
    'no json',
    '5',
    '{}',
    '{"path":5,"kind":"query"}',
    '{"path":"a:b","kind":"mutation","session":null,"id":null}',
    '{"path":"a:b","kind":"action"}',
  ];

  expect(notices.map(readHangNotice)).toEqual(notices.map(() => null));
  console.error = silenced;
});

test('the mutation in which the last process hung has failed, and is not run when it is sent again', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  const [hello] = socket.heard();
  const session = hello?.type === 'connected' ? hello.session : '';
  bench.hang = readHangNotice(JSON.stringify({ path: 'cells:add', kind: 'mutation', requestId: 'r1', session, id: '1' }));
  bench.crash();

  const again = bench.connect(session);
  bench.say(again, { type: 'mutation', id: 1, path: 'cells:add', args: { cell: 'a', by: 1 } });
  bench.say(again, { type: 'mutation', id: 2, path: 'cells:add', args: { cell: 'a', by: 10 } });
  await bench.quiet();

  const finished = again.transitions().flatMap((transition) => transition.finished);
  expect(finished).toMatchObject([
    { id: 1, error: { code: 'function/timed-out', requestId: 'r1' } },
    { id: 2, value: 10 },
  ]);
  expect(bench.host.disk.cells.get('a')).toBe(10);
});

test('a query in which the last process hung is refused until other code is deployed; mutations go on', async () => {
  const bench = await ProjectBench.deployed();
  bench.hang = readHangNotice(JSON.stringify({ path: 'cells:get', kind: 'query', requestId: 'r1', session: null, id: null }));
  bench.crash();
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(await bench.query('cells:get', { cell: 'b' })).toMatchObject({ ok: false, error: { code: 'function/timed-out' } });
  expect(socket.transitions().at(-1)?.changes).toMatchObject([{ id: 1, error: { code: 'function/timed-out' } }]);

  await bench.project.code.deploy({ app: 'repaired' });
  await bench.quiet();
  expect(await bench.query('cells:get', { cell: 'b' })).toMatchObject({ ok: true });
  expect(socket.transitions().at(-1)?.changes).toMatchObject([{ id: 1, value: { value: 1 } }]);
});

test('a notice about another project’s session changes nothing here', async () => {
  const bench = await ProjectBench.deployed();
  bench.hang = readHangNotice(JSON.stringify({ path: 'cells:add', kind: 'mutation', requestId: 'r1', session: 'somebody else', id: '1' }));
  bench.crash();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(bench.host.disk.outcomes.filter(({ request }) => request.session === 'somebody else')).toEqual([]);
});
