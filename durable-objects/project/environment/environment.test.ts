import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';
import { createCipher } from '@betterbase/providers/cipher';

const change = (bench: ProjectBench, set: Record<string, string>, unset: readonly string[] = []) =>
  bench.project.code.changeEnvironment({ set, unset });

test('values are listed by name, and rest on disk where nobody can read them', async () => {
  const bench = await ProjectBench.deployed();

  const changed = await change(bench, { TOKEN: 'a very secret text', API: 'b' });

  expect(changed).toEqual({
    ok: true,
    environment: [
      { name: 'API', updatedAt: bench.timer.now() },
      { name: 'TOKEN', updatedAt: bench.timer.now() },
    ],
  });
  expect(JSON.stringify(bench.disk.rows('SELECT * FROM environment'))).not.toContain('secret text');
  await bench.project.environment.open();
  expect(bench.project.environment.values).toEqual({ TOKEN: 'a very secret text', API: 'b' });
});

test('values can be set before the first deployment', async () => {
  const bench = new ProjectBench();
  expect(await change(bench, { A: '1' })).toMatchObject({ ok: true });
  expect(await bench.project.code.deploy({ app: 'cells' })).toMatchObject({ ok: true });
  expect(bench.project.environment.values).toEqual({ A: '1' });
});

test('after a change the engine starts again, and no answer of the old one is given', async () => {
  const bench = await ProjectBench.deployed();
  await bench.query('cells:get', { cell: 'a' });
  const started = bench.host.started.length;
  await bench.query('cells:get', { cell: 'a' });
  expect(bench.host.started.length).toBe(started);

  await change(bench, { A: '1' });
  await bench.query('cells:get', { cell: 'a' });

  expect(bench.host.started.length).toBe(started + 1);
});

test('every change is a new revision, so no isolate with old values is found again', async () => {
  const bench = await ProjectBench.deployed();
  const revisions = [bench.project.environment.revision];
  await change(bench, { A: '1' });
  revisions.push(bench.project.environment.revision);
  await change(bench, {}, ['A']);
  revisions.push(bench.project.environment.revision);

  expect(new Set(revisions).size).toBe(3);
  expect(bench.project.environment.list()).toEqual([]);
});

test.each([
  ['1A', 'environment/bad-name'],
  ['A-B', 'environment/bad-name'],
  ['', 'environment/bad-name'],
  ['NODE_ENV', 'environment/bad-name'],
  ['A'.repeat(257), 'environment/bad-name'],
])('%.40j is refused as a name', async (name, code) => {
  const bench = await ProjectBench.deployed();
  expect(await change(bench, { [name]: 'x', GOOD: 'y' })).toMatchObject({ ok: false, error: { code } });
  expect(bench.project.environment.list()).toEqual([]);
});

test('what is too large is refused, and nothing of the change happens', async () => {
  const bench = await ProjectBench.deployed();
  expect(await change(bench, { A: 'x'.repeat(8_193) })).toMatchObject({ ok: false, error: { code: 'environment/too-large' } });

  const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [`N${at}`, 'x']));
  expect(await change(bench, many)).toMatchObject({ ok: false, error: { code: 'environment/too-large' } });
  const heavy = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`N${at}`, 'x'.repeat(8_000)]));
  expect(await change(bench, heavy)).toMatchObject({ ok: true });
  expect(
    await change(bench, {
      B: 'x'.repeat(8_000),
      C: 'x'.repeat(8_000),
      D: 'x'.repeat(8_000),
      E: 'x'.repeat(8_000),
      F: 'x'.repeat(8_000),
      G: 'x'.repeat(8_000),
    }),
  ).toMatchObject({ ok: false, error: { code: 'environment/too-large' } });
  expect(bench.project.environment.list().length).toBe(60);
});

test('without a key nothing is set, and a project without values needs none', async () => {
  const bench = await ProjectBench.deployed();
  bench.cipher = null;
  bench.crash();

  expect(await change(bench, { A: '1' })).toMatchObject({ ok: false, error: { code: 'environment/no-key' } });
  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: true });
});

test('with another key the project says what is wrong, and setting the values anew repairs it', async () => {
  const bench = await ProjectBench.deployed();
  await change(bench, { A: '1' });
  bench.cipher = createCipher('another secret of thirty-two chars', 'bench');
  bench.crash();

  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: false, error: { code: 'environment/unreadable' } });
  expect(await bench.project.code.deploy({ app: 'other' })).toMatchObject({ ok: false, error: { code: 'environment/unreadable' } });
  await change(bench, { A: '2' });
  expect(await bench.query('cells:get', { cell: 'a' })).toMatchObject({ ok: true });
});

test('a sealed text opens only under its own label and key, and not when it was changed', async () => {
  const cipher = createCipher('a secret of thirty-two characters', 'one');
  const sealed = await cipher.seal('text', 'A');

  expect(await cipher.open(sealed, 'A')).toBe('text');
  await expect(cipher.open(sealed, 'B')).rejects.toThrow();
  await expect(createCipher('a secret of thirty-two characters', 'two').open(sealed, 'A')).rejects.toThrow();
  await expect(cipher.open(`${sealed.slice(0, -4)}AAAA`, 'A')).rejects.toThrow();
  expect(await cipher.seal('text', 'A')).not.toBe(sealed);
});
