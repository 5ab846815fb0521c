import { expect, test } from 'vitest';
import { signedIn, turnBench } from '../test/turn-bench.ts';

test('asking again with no write between is answered without the engine', async () => {
  const bench = turnBench();
  const first = await bench.ask('cells:get', { cell: 'a' });

  const second = await bench.ask('cells:get', { cell: 'a' });

  expect(first).toEqual({ outcome: { ok: true, value: '{"value":null}' }, isCached: false });
  expect(second).toEqual({ outcome: { ok: true, value: '{"value":null}' }, isCached: true });
  expect(bench.engine().turns.length).toBe(1);
});

test('a commit that touches a cached answer ends it', async () => {
  const bench = turnBench();
  await bench.ask('cells:get', { cell: 'a' });
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(await bench.ask('cells:get', { cell: 'a' })).toEqual({ outcome: { ok: true, value: '{"value":1}' }, isCached: false });
});

test('a commit that touches something else does not', async () => {
  const bench = turnBench();
  await bench.ask('cells:get', { cell: 'a' });
  await bench.mutate('cells:set', { cell: 'b', value: 1 });

  expect(await bench.ask('cells:get', { cell: 'a' })).toMatchObject({ isCached: true });
});

test('many who miss at once share one run', async () => {
  const bench = turnBench();
  await bench.open();

  const answers = await Promise.all(Array.from({ length: 50 }, () => bench.ask('cells:get', { cell: 'a' })));

  expect(new Set(answers.map(({ outcome }) => JSON.stringify(outcome))).size).toBe(1);
  expect(bench.turnSizes()).toEqual([1]);
});

test('an error is told but not kept', async () => {
  const bench = turnBench();
  await bench.ask('cells:fail', { cell: 'a' });

  expect(await bench.ask('cells:fail', { cell: 'a' })).toMatchObject({ outcome: { ok: false }, isCached: false });
  expect(bench.queries.size).toBe(0);
});

test('an answer that read the clock is reused for five seconds', async () => {
  const bench = turnBench();
  await bench.ask('cells:now', { cell: 'a' });
  await bench.timer.pass(4_900);
  const early = await bench.ask('cells:now', { cell: 'a' });
  await bench.timer.pass(200);
  const late = await bench.ask('cells:now', { cell: 'a' });

  expect([early.isCached, late.isCached]).toEqual([true, false]);
  expect(bench.engine().liveCount).toBe(1);
});

test('an answer that read who is asking is never given to somebody else', async () => {
  const bench = turnBench();
  const ada = await bench.ask('cells:who', { cell: 'a' }, signedIn('ada'));
  const bob = await bench.ask('cells:who', { cell: 'a' }, signedIn('bob'));
  const adaAgain = await bench.ask('cells:who', { cell: 'a' }, signedIn('ada'));

  expect(ada.outcome).toEqual({ ok: true, value: '{"value":null,"who":"ada"}' });
  expect(bob.outcome).toEqual({ ok: true, value: '{"value":null,"who":"bob"}' });
  expect(adaAgain.isCached).toBe(true);
});

test('two who ask at once and are not the same never share a run that may read who they are', async () => {
  const bench = turnBench();

  const [ada, bob] = await Promise.all([
    bench.ask('cells:who', { cell: 'a' }, signedIn('ada')),
    bench.ask('cells:who', { cell: 'a' }, signedIn('bob')),
  ]);

  expect(ada.outcome).toEqual({ ok: true, value: '{"value":null,"who":"ada"}' });
  expect(bob.outcome).toEqual({ ok: true, value: '{"value":null,"who":"bob"}' });
});

test('an answer that did not read who is asking is shared by all', async () => {
  const bench = turnBench();
  await bench.ask('cells:get', { cell: 'a' }, signedIn('ada'));

  expect(await bench.ask('cells:get', { cell: 'a' }, signedIn('bob'))).toMatchObject({ isCached: true });
});

test('a shared query that begins to read who is asking is split, and each watcher gets its own', async () => {
  const bench = turnBench();
  const [ada, bob] = [signedIn('ada'), signedIn('bob')];
  const shared = bench.watch('cells:get', { cell: 'a' }, ada);
  await bench.quiet();
  const other = bench.watch('cells:get', { cell: 'a' }, bob);
  expect(other).toBe(shared);

  bench.queries.refreshed({
    query: shared.number,
    outcome: { ok: true, value: '"for ada"' },
    hash: 'x',
    readIdentity: true,
    readClock: false,
    report: { path: 'cells:get', milliseconds: 0, rowsRead: 0, rowsWritten: 0, lines: [] },
  });

  expect(bench.rehomed.map(({ caller }) => caller)).toEqual([bob]);
  expect(bench.queries.cached(bob, 'cells:get', '{"cell":"a"}')).toBeNull();
  expect(bench.queries.cached(ada, 'cells:get', '{"cell":"a"}')).toEqual({ ok: true, value: '"for ada"' });
});

test('internal reach and public reach do not share answers', async () => {
  const bench = turnBench();
  await bench.ask('cells:get', { cell: 'a' }, { ...signedIn('ada'), reach: 'any' });

  expect(await bench.ask('cells:get', { cell: 'a' }, signedIn('ada'))).toMatchObject({ isCached: false });
});

test('a cached query that somebody begins to watch is pinned before anything can change', async () => {
  const bench = turnBench();
  await bench.ask('cells:get', { cell: 'a' });
  const query = bench.watch('cells:get', { cell: 'a' });
  expect(query.state).toBe('live');

  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(query.outcome).toEqual({ ok: true, value: '{"value":1}' });
  expect([...bench.queries.takeChanged()]).toEqual([query]);
});

test('a query watched while its unpinned run is under way still learns of the next commit', async () => {
  const bench = turnBench();
  await bench.open();
  const asked = bench.ask('cells:get', { cell: 'a' });
  const query = bench.watch('cells:get', { cell: 'a' });
  await asked;

  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(query.outcome).toEqual({ ok: true, value: '{"value":1}' });
});

test('when the last watcher leaves, the answer stays as cache and a commit ends it', async () => {
  const bench = turnBench();
  const query = bench.watch('cells:get', { cell: 'a' });
  await bench.quiet();
  bench.queries.unwatch(query, query.watcher);

  const cached = await bench.ask('cells:get', { cell: 'a' });
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(cached.isCached).toBe(true);
  expect(query.state).toBe('gone');
  expect(bench.engine().liveCount).toBe(0);
});

test('a query that nobody wants any more when its turn comes does not run', async () => {
  const bench = turnBench();
  await bench.open();
  const busy = bench.mutate('cells:set', { cell: 'b', value: 1 });
  const query = bench.watch('cells:get', { cell: 'a' });
  bench.queries.unwatch(query, query.watcher);
  await busy;
  await bench.quiet();

  expect(bench.engine().turns.length).toBe(1);
  expect(bench.queries.size).toBe(0);
});

test('answers nobody watches are dropped, longest unused first, when memory runs out, and the engine is told', async () => {
  const bench = turnBench({ maxCharacters: 250 });
  for (const cell of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) {
    await bench.ask('cells:get', { cell });
    bench.queries.trim();
  }

  expect(bench.queries.characters).toBeLessThanOrEqual(250);
  expect(bench.queries.cached(signedIn('x'), 'cells:get', '{"cell":"a"}')).toBeNull();
  expect(bench.queries.cached(signedIn('x'), 'cells:get', '{"cell":"j"}')).not.toBeNull();
  await bench.mutate('cells:set', { cell: 'z', value: 1 });
  expect(bench.engine().liveCount).toBe(bench.queries.size);
});

test('a watched answer whose text was dropped still hears of changes, and runs again for a newcomer', async () => {
  const bench = turnBench({ maxCharacters: 0 });
  const query = bench.watch('cells:get', { cell: 'a' });
  await bench.quiet();
  bench.queries.takeChanged();
  bench.queries.trim();
  expect(query.outcome).toBeNull();

  const newcomer = await bench.ask('cells:get', { cell: 'a' });
  expect(newcomer).toEqual({ outcome: { ok: true, value: '{"value":null}' }, isCached: false });

  bench.queries.takeChanged();
  bench.queries.trim();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  expect(query.outcome).toEqual({ ok: true, value: '{"value":1}' });
});

test('a pinned query that the engine reports stale runs again before the next mutation', async () => {
  const bench = turnBench();
  const query = bench.watch('cells:get', { cell: 'a' });
  await bench.quiet();

  bench.queries.stale(query.number);
  expect(bench.queries.isCatchingUp).toBe(true);
  const written = bench.mutate('cells:set', { cell: 'a', value: 1 });
  await written;

  expect(
    bench
      .engine()
      .turns.at(-2)
      ?.operations.map((operation) => operation.do),
  ).toEqual(['query']);
  expect(bench.queries.isCatchingUp).toBe(false);
  expect(query.outcome).toEqual({ ok: true, value: '{"value":1}' });
});
