import { expect, test } from 'vitest';
import { StaticApp } from './static-app.ts';

test('an app that is compiled in takes no deployments, and has the Worker’s environment', async () => {
  const app = new StaticApp({
    isServed: true,
    edge: () => ({ describe: () => Promise.reject(new Error('Nobody asked for that.')) }),
    now: () => 0,
    digest: async (text) => text,
    openTables: () => {},
    hasTables: () => false,
    consent: null,
    appliedMigrations: async () => [],
  });

  expect(await app.deploy()).toMatchObject({
    ok: false,
    error: { code: 'deployment/static', hint: 'Build and deploy the Worker again instead.' },
  });
  expect(await app.changeEnvironment()).toMatchObject({ ok: false, error: { code: 'environment/static' } });
  expect(await app.preview()).toEqual(await app.deploy());
  expect(await app.rollback()).toEqual(await app.deploy());
  expect(app.list()).toEqual([]);
});
