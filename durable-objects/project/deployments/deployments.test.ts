import { expect, test } from 'vitest';
import { cellsManifest, ProjectBench } from '../test/project-bench.ts';

const deployed = (result: Awaited<ReturnType<ProjectBench['project']['code']['deploy']>>) =>
  result.ok ? result.deployment : { id: undefined, ...result.error };

test('a project that nobody deployed is not there, and asking leaves nothing on its disk', async () => {
  const bench = new ProjectBench();

  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: false, error: { code: 'project/not-found' } });
  expect(await bench.mutate('cells:set', { cell: 'a', value: 1 })).toMatchObject({ ok: false, error: { code: 'project/not-found' } });
  expect(await bench.project.switchboard.findAction('cells:act')).toMatchObject({ ok: false, error: { code: 'project/not-found' } });
  await bench.project.switchboard.sweep();
  expect(bench.disk.rows('SELECT name FROM sqlite_master')).toEqual([]);
});

test('a deployment serves from then on, and is listed', async () => {
  const bench = new ProjectBench();
  const result = await bench.project.code.deploy({ app: 'one', message: 'first' });

  expect(deployed(result)).toMatchObject({ state: 'active', message: 'first', error: null, createdAt: bench.timer.now() });
  expect(await bench.query('cells:get', { cell: 'a' })).toEqual({ ok: true, value: '{"value":null}' });
  expect(bench.project.code.list().map(({ state }) => state)).toEqual(['active']);
});

test('the same code again changes nothing and is not recorded', async () => {
  const bench = await ProjectBench.deployed();
  const before = bench.project.code.list();
  const started = bench.host.started.length;

  const result = await bench.project.code.deploy({ app: 'cells' });

  expect(deployed(result)).toEqual(before[0]);
  expect(bench.project.code.list()).toEqual(before);
  expect(bench.host.started.length).toBe(started);
});

test('a bundle larger than a row is kept whole, also where it is cut inside a character', async () => {
  const bench = await ProjectBench.deployed();
  const app = `x${'😀'.repeat(700_000)}`;
  const result = await bench.project.code.deploy({ app });

  expect(bench.project.code.bundle(result.ok ? result.deployment.id : '')).toBe(app);
});

test('a bundle that is too large is refused before anything is kept', async () => {
  const bench = await ProjectBench.deployed();

  expect(deployed(await bench.project.code.deploy({ app: 'x'.repeat(17 * 1024 * 1024) }))).toMatchObject({ code: 'deployment/too-large' });
  expect(bench.project.code.list().length).toBe(1);
});

test.each([
  [
    'does not parse',
    "Failed to start Worker:\nUncaught SyntaxError: Unexpected token ';'\n  at app.js:12:27",
    {
      message: "The app does not load: SyntaxError: Unexpected token ';'",
      details: { position: { file: 'app.js', line: 12, column: 27 } },
    },
  ],
  [
    'throws when loaded',
    'Failed to start Worker:\nUncaught Error: boom at top\n  at app.js:3:7 in load',
    { message: 'The app does not load: Error: boom at top', details: { position: { file: 'app.js', line: 3, column: 7 } } },
  ],
  [
    'imports what is not there',
    'Failed to start Worker:\nUncaught Error: No such module "nope".\n  imported from "app.js"',
    { message: 'The app imports "nope", which is not there.' },
  ],
])('a bundle that %s is refused with the reason, and the old one serves on', async (_name, message, expected) => {
  const bench = await ProjectBench.deployed();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });
  bench.describe = () => {
    throw new Error(message);
  };

  const result = await bench.project.code.deploy({ app: 'bad' });

  expect(deployed(result)).toMatchObject({ code: 'deployment/does-not-load', hint: expect.any(String), ...expected });
  expect(await bench.query('cells:get', { cell: 'a' })).toEqual({ ok: true, value: '{"value":1}' });
  expect(bench.project.code.list().map(({ state }) => state)).toEqual(['failed', 'active']);
});

test('a schema that documents break is refused, and the old code serves on under the old schema', async () => {
  const bench = await ProjectBench.deployed();
  const active = bench.host.disk.deployment;

  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  socket.heard();
  bench.host.refusesMigration = true;
  const result = await bench.project.code.deploy({ app: 'breaks the documents' });
  bench.host.refusesMigration = false;

  expect(deployed(result)).toMatchObject({ code: 'schema/documents-break-it' });
  expect(bench.host.disk.deployment).toBe(active);
  await bench.mutate('cells:set', { cell: 'a', value: 2 });
  expect(socket.transitions().at(-1)?.changes).toMatchObject([{ id: 1, value: { value: 2 } }]);
});

test('watched queries run again under the new code, and nobody subscribes again', async () => {
  const bench = await ProjectBench.deployed();
  const socket = bench.connect();
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  socket.heard();
  const started = bench.host.started.length;

  await bench.project.code.deploy({ app: 'new' });
  await bench.quiet();
  await bench.mutate('cells:set', { cell: 'a', value: 1 });

  expect(bench.host.started.length).toBe(started + 1);
  expect(socket.transitions().map(({ changes }) => changes)).toMatchObject([[{ id: 1, value: { value: 1 } }]]);
});

test('mutations that come while a deployment is under way wait, and run under the new code', async () => {
  const bench = await ProjectBench.deployed();
  const deploying = bench.project.code.deploy({ app: 'new' });
  const mutations = Array.from({ length: 50 }, () => bench.mutate('cells:add', { cell: 'a', by: 1 }));

  const [result] = await Promise.all([deploying, ...mutations]);

  expect(result.ok).toBe(true);
  expect(bench.host.disk.cells.get('a')).toBe(50);
});

test('two deployments at once happen one after the other', async () => {
  const bench = await ProjectBench.deployed();

  const [one, two] = await Promise.all([bench.project.code.deploy({ app: 'one' }), bench.project.code.deploy({ app: 'two' })]);

  expect([one.ok, two.ok]).toEqual([true, true]);
  expect(bench.project.code.list().map(({ state }) => state)).toEqual(['active', 'replaced', 'replaced']);
  expect(bench.host.disk.deployment).toBe(two.ok ? two.deployment.id : '');
});

test('only the newest bundles are kept', async () => {
  const bench = await ProjectBench.deployed();
  for (let n = 0; n < 15; n++) {
    await bench.timer.pass(1);
    await bench.project.code.deploy({ app: `app ${n}` });
  }

  const kept = bench.project.code.list().filter(({ id }) => bench.project.code.bundle(id) !== null);
  expect(kept.length).toBe(10);
  expect(kept[0]?.state).toBe('active');
});

const otherSchema = { ...cellsManifest, schema: { tables: [{ name: 'cells', document: { type: 'any' as const }, indexes: [] }] } };
const loss = { kind: 'DROP_TABLE', table: 'old', destructive: true, documents: 3 } as const;

test('what takes something from documents needs the consent of its plan, and asking is no deployment', async () => {
  const bench = await ProjectBench.deployed();
  bench.host.planned = { changes: [loss], losses: [loss], consent: 'agreed' };
  bench.host.abort();
  bench.describe = () => otherSchema;

  const previewed = await bench.project.code.preview({ app: 'other' });
  const refused = await bench.project.code.deploy({ app: 'other' });
  const mistaken = await bench.project.code.deploy({ app: 'other', consent: 'to something else' });
  expect(previewed).toEqual({ ok: true, plan: bench.host.planned });
  expect(refused).toMatchObject({ ok: false, error: { code: 'deployment/needs-consent', details: { consent: 'agreed', losses: [loss] } } });
  expect(mistaken).toMatchObject({ ok: false, error: { code: 'deployment/needs-consent' } });
  expect(bench.project.code.list().map(({ state }) => state)).toEqual(['active']);

  const agreed = await bench.project.code.deploy({ app: 'other', consent: 'agreed', by: 'ada' });
  expect(deployed(agreed)).toMatchObject({ state: 'active', by: 'ada', milliseconds: 0 });
});

test('code that changes no data is not planned, and does not wait for the engine', async () => {
  const bench = await ProjectBench.deployed();
  const steps: string[] = [];
  bench.host.step = (name) => void steps.push(name);

  await bench.project.code.deploy({ app: 'new' });

  expect(steps).not.toContain('plan');
});

test('a rollback deploys the code that served before again, and one that is not kept is refused', async () => {
  const bench = await ProjectBench.deployed();
  const first = bench.project.code.list()[0]?.id ?? '';
  await bench.project.code.deploy({ app: 'second' });

  const back = await bench.project.code.rollback({});
  const forth = await bench.project.code.rollback({ by: 'ada' });

  expect(deployed(back)).toMatchObject({ state: 'active', message: `rollback to ${first}` });
  expect(bench.project.code.bundle(deployed(back).id ?? '')).toBe('cells');
  expect(bench.project.code.bundle(deployed(forth).id ?? '')).toBe('second');
  expect(deployed(await bench.project.code.rollback({ to: first }))).toMatchObject({ state: 'active' });
  expect(deployed(await bench.project.code.rollback({ to: 'nothing' }))).toMatchObject({ code: 'deployment/not-found' });
});

test.each(Array.from({ length: 14 }, (_, step) => step + 1))(
  'killed at step %i of a deployment, data and code fit each other, and what was acknowledged is there',
  async (step) => {
    const bench = await ProjectBench.deployed();
    await bench.mutate('cells:set', { cell: 'a', value: 1 });
    let steps = 0;
    let isKilled = false;
    bench.host.step = () => {
      steps += 1;
      if (steps < step) return;
      isKilled = true;
      return new Promise(() => {});
    };
    void bench.project.code.deploy({ app: 'new' });
    await bench.quiet();

    bench.host.step = () => {};
    bench.crash();

    expect(await bench.query('cells:get', { cell: 'a' })).toEqual({ ok: true, value: '{"value":1}' });
    const list = bench.project.code.list();
    const active = list.filter(({ state }) => state === 'active');
    expect(active.map(({ id }) => id)).toEqual([bench.host.disk.deployment]);
    expect(bench.host.started.at(-1)).toBe(bench.host.disk.deployment);
    expect(list.some(({ state }) => state === 'pending')).toBe(false);
    expect(list.filter(({ state }) => state === 'failed').map(({ error }) => error?.code)).toEqual(
      list.length === 2 && active[0]?.id !== list[0]?.id ? ['deployment/interrupted'] : [],
    );
    expect(isKilled || list[0]?.state === 'active').toBe(true);
  },
);

test.each(Array.from({ length: 6 }, (_, step) => step + 1))(
  'a first deployment killed at step %i serves afterwards or is not there at all',
  async (step) => {
    const bench = new ProjectBench();
    let steps = 0;
    bench.host.step = () => (++steps >= step ? new Promise(() => {}) : undefined);
    void bench.project.code.deploy({ app: 'first' });
    await bench.quiet();
    bench.host.step = () => {};
    bench.crash();

    const answer = await bench.query('cells:get', { cell: 'a' });
    if (bench.host.disk.deployment === null) expect(answer).toMatchObject({ ok: false, error: { code: 'project/not-deployed' } });
    else expect(answer).toEqual({ ok: true, value: '{"value":null}' });
    expect(bench.project.code.list().some(({ state }) => state === 'pending')).toBe(false);
    expect((await bench.project.code.deploy({ app: 'second' })).ok).toBe(true);
    expect(await bench.query('cells:get', { cell: 'a' })).toEqual({ ok: true, value: '{"value":null}' });
  },
);

test.each(Array.from({ length: 6 }, (_, step) => step + 1))(
  'a call of the switch that is lost at step %i leaves code and data that fit',
  async (step) => {
    const bench = await ProjectBench.deployed();
    let steps = 0;
    bench.host.step = () => {
      steps += 1;
      if (steps === step) throw new Error('lost');
    };
    const result = await bench.project.code.deploy({ app: 'new' });
    bench.host.step = () => {};

    expect(await bench.mutate('cells:set', { cell: 'a', value: step })).toEqual({ ok: true, value: String(step) });
    const active = bench.project.code.list().filter(({ state }) => state === 'active');
    expect(active.map(({ id }) => id)).toEqual([bench.host.disk.deployment]);
    expect(result.ok ? result.deployment.id : null).toBe(result.ok ? bench.host.disk.deployment : null);
  },
);
