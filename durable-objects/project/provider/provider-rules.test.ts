import type { ProviderManifest } from '@betterbase/core';
import { expect, test } from 'vitest';
import { ProjectBench } from '../test/project-bench.ts';

const turso: ProviderManifest = { type: 'turso', url: { env: 'TURSO_URL' }, authToken: { env: 'TURSO_TOKEN' } };
const d1 = (binding: string): ProviderManifest => ({ type: 'd1', binding });

/** A project of an installation that keeps documents in all of them. */
function benchWithAll(): ProjectBench {
  return new ProjectBench(['embedded', 'd1', 'turso']);
}

test('a provider that the installation does not have is refused before anything is kept', async () => {
  const bench = new ProjectBench();

  expect(await bench.project.code.deploy({ app: 'cells', provider: turso })).toMatchObject({
    ok: false,
    error: { code: 'provider/not-available', message: expect.stringContaining('turso'), details: { available: ['embedded'] } },
  });
  expect(bench.project.code.list()).toEqual([]);
});

test('a preview is refused for the same reasons', async () => {
  const bench = await ProjectBench.deployed();

  expect(await bench.project.code.preview({ app: 'other', provider: d1('APP_DB') })).toMatchObject({
    ok: false,
    error: { code: 'provider/changed' },
  });
});

test('values that a provider names have to be set, and all that are missing are named', async () => {
  const bench = benchWithAll();

  expect(await bench.project.code.deploy({ app: 'cells', provider: turso })).toMatchObject({
    ok: false,
    error: {
      code: 'provider/missing-value',
      message: expect.stringContaining('`TURSO_URL` and `TURSO_TOKEN`'),
      hint: expect.stringContaining('bb env set'),
      details: { missing: ['TURSO_URL', 'TURSO_TOKEN'] },
    },
  });

  await bench.project.code.changeEnvironment({ set: { TURSO_URL: 'libsql://chat.turso.io' }, unset: [] });
  expect(await bench.project.code.deploy({ app: 'cells', provider: turso })).toMatchObject({
    error: { details: { missing: ['TURSO_TOKEN'] } },
  });

  await bench.project.code.changeEnvironment({ set: { TURSO_TOKEN: 'secret' }, unset: [] });
  expect(await bench.project.code.deploy({ app: 'cells', provider: turso })).toMatchObject({ ok: true });
});

test('functions find the environment without what reaches the database', async () => {
  const bench = benchWithAll();
  await bench.project.code.changeEnvironment({
    set: { TURSO_URL: 'libsql://chat.turso.io', TURSO_TOKEN: 'secret', GREETING: 'hello' },
    unset: [],
  });
  const seen: object[] = [];
  const { describe } = bench;
  bench.describe = (app, values) => {
    seen.push(values);
    return describe(app, values);
  };

  await bench.project.code.deploy({ app: 'cells', provider: turso });
  const [deployment] = bench.project.code.list();

  expect(seen).toEqual([{ GREETING: 'hello' }]);
  await bench.project.environment.open();
  expect(bench.project.source.values(deployment?.id ?? '')).toEqual({ GREETING: 'hello' });
});

test.each<[string, ProviderManifest, ProviderManifest]>([
  ['from the project to a database', { type: 'embedded' }, d1('APP_DB')],
  ['from a database to the project', d1('APP_DB'), { type: 'embedded' }],
  ['from one database to another', d1('APP_DB'), d1('OTHER_DB')],
  ['from one kind of database to another', d1('APP_DB'), turso],
])('once a deployment serves, documents do not move %s with the next one', async (_, from, to) => {
  const bench = benchWithAll();
  await bench.project.code.deploy({ app: 'cells', provider: from });
  bench.sleep();

  const refused = await bench.project.code.deploy({ app: 'cells', provider: to });

  expect(refused).toMatchObject({
    ok: false,
    error: { code: 'provider/changed', hint: expect.stringContaining('bb iac export') },
  });
  expect(bench.project.code.list().map(({ state }) => state)).toEqual(['active']);
});

test('a deployment that says the same, and a rollback, keep the provider', async () => {
  const bench = benchWithAll();
  await bench.project.code.deploy({ app: 'one', provider: d1('APP_DB') });
  await bench.project.code.deploy({ app: 'two', provider: d1('APP_DB') });

  expect(await bench.project.code.rollback({})).toMatchObject({ ok: true });
  expect(await bench.project.code.deploy({ app: 'three', provider: d1('APP_DB') })).toMatchObject({ ok: true });
});

test('values may be called something else from now on, with the same code', async () => {
  const bench = benchWithAll();
  await bench.project.code.changeEnvironment({ set: { TURSO_URL: 'u', TURSO_TOKEN: 't', NEW_TOKEN: 't' }, unset: [] });
  await bench.project.code.deploy({ app: 'cells', provider: turso });

  await bench.project.code.deploy({ app: 'cells', provider: { ...turso, authToken: { env: 'NEW_TOKEN' } } });
  const [deployment] = bench.project.code.list();

  expect(bench.project.code.list().length).toBe(2);
  await bench.project.environment.open();
  expect(Object.keys(bench.project.source.values(deployment?.id ?? ''))).toEqual(['TURSO_TOKEN']);
});

test('a database that another project has is refused, and the project stays undeployed', async () => {
  const bench = benchWithAll();
  const owners: string[] = [];
  bench.claimDatabase = async (_address, { owner }) => {
    owners.push(owner);
    return { ok: true, holder: { project: 'shop', owner: 'somebody else' } };
  };

  const deploy = () => bench.project.code.deploy({ app: 'cells', provider: d1('APP_DB') });
  expect(await deploy()).toMatchObject({ ok: false, error: { code: 'provider/taken', details: { holder: 'shop' } } });
  await deploy();

  expect(new Set(owners).size).toBe(1);
  expect(bench.host.started).toEqual([]);
});

test('a database that cannot be asked whose it is stops the deployment with its own reason', async () => {
  const bench = benchWithAll();
  bench.claimDatabase = async () => ({ ok: false, error: { code: 'provider/unreachable', message: 'D1: Nobody is there.' } });

  expect(await bench.project.code.deploy({ app: 'cells', provider: d1('APP_DB') })).toMatchObject({
    ok: false,
    error: { code: 'provider/unreachable' },
  });
});
