/** Once a project has documents in a database elsewhere, nothing it is told leads it to another one. */
import type { ProviderManifest } from '@betterbase/core';
import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';

const provider: ProviderManifest = { type: 'turso', url: { env: 'URL' }, authToken: { env: 'TOKEN' } };

async function deployed(): Promise<ProjectBench> {
  const bench = new ProjectBench(['embedded', 'd1', 'turso']);
  await change(bench, { URL: 'libsql://chat.turso.io', TOKEN: 'first' });
  const first = await bench.project.code.deploy({ app: 'cells', provider });
  if (!first.ok) throw new Error(first.error.message);
  return bench;
}

const change = (bench: ProjectBench, set: Readonly<Record<string, string>>, unset: readonly string[] = []) =>
  bench.project.code.changeEnvironment({ set, unset });

async function values(bench: ProjectBench): Promise<Readonly<Record<string, string>>> {
  await bench.project.environment.open();
  return bench.project.environment.values;
}

test('an environment value that leads to another database is refused, and stays as it was', async () => {
  const bench = await deployed();
  bench.sleep();

  expect(await change(bench, { URL: 'libsql://empty.turso.io' })).toMatchObject({
    ok: false,
    error: { code: 'provider/changed', message: expect.stringContaining('does not have this project’s documents') },
  });
  expect(await values(bench)).toEqual({ URL: 'libsql://chat.turso.io', TOKEN: 'first' });
  expect(bench.owners.has('libsql://empty.turso.io')).toBe(false);
});

test('so is one that leads to another project’s database', async () => {
  const bench = await deployed();
  bench.owners.set('libsql://shop.turso.io', { project: 'shop', owner: 'somebody else' });

  expect(await change(bench, { URL: 'libsql://shop.turso.io' })).toMatchObject({
    ok: false,
    error: { code: 'provider/taken', details: { holder: 'shop' } },
  });
});

test('the database may move with its documents, and its token may change', async () => {
  const bench = await deployed();
  const [holder] = bench.owners.values();
  if (holder === undefined) throw new Error('Nobody has it.');
  bench.owners.set('libsql://moved.turso.io', holder);

  expect(await change(bench, { URL: 'libsql://moved.turso.io', TOKEN: 'second' })).toMatchObject({ ok: true });
  expect(await values(bench)).toEqual({ URL: 'libsql://moved.turso.io', TOKEN: 'second' });
});

test('values with which the database cannot be asked, or that are missing then, are refused', async () => {
  const bench = await deployed();
  bench.findOwner = async () => ({ ok: false, error: { code: 'provider/bad-credentials', message: 'Turso: 401' } });

  expect(await change(bench, { TOKEN: 'wrong' })).toMatchObject({ ok: false, error: { code: 'provider/bad-credentials' } });
  expect(await change(bench, {}, ['TOKEN'])).toMatchObject({ ok: false, error: { code: 'provider/missing-value' } });
  expect(await values(bench)).toMatchObject({ TOKEN: 'first' });
});

test('values that do not reach the database ask nobody', async () => {
  const bench = await deployed();
  bench.findOwner = async () => {
    throw new Error('It was asked.');
  };

  expect(await change(bench, { GREETING: 'hello' }, ['OTHER'])).toMatchObject({ ok: true });
  expect(await change(bench, { TOKEN: 'first', GREETING: 'bye' })).toMatchObject({ ok: true });
});

test('before the first deployment values change freely', async () => {
  const bench = new ProjectBench(['embedded', 'd1', 'turso']);
  await change(bench, { URL: 'libsql://one.turso.io', TOKEN: 'first' });

  expect(await change(bench, { URL: 'libsql://two.turso.io' })).toMatchObject({ ok: true });
});

test('a later deployment takes no database, whoever’s it is', async () => {
  const bench = await deployed();

  expect(await bench.project.code.deploy({ app: 'next', provider: { ...provider, url: 'libsql://empty.turso.io' } })).toMatchObject({
    ok: false,
    error: { code: 'provider/changed' },
  });
  expect(bench.owners.has('libsql://empty.turso.io')).toBe(false);
  expect(await bench.project.code.deploy({ app: 'next', provider })).toMatchObject({ ok: true });
});
