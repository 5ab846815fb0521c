import { query } from '@betterbase/core';
import { expect, test } from 'vitest';
import { appManifest } from './app-manifest.ts';

const app = (functions: number, limits?: unknown) => ({
  modules: { many: Object.fromEntries(Array.from({ length: functions }, (_, number) => [`f${number}`, query(() => number)])) },
  schema: null,
  http: null,
  limits,
});

test('an app has so many functions and no more', async () => {
  expect((await appManifest(app(10_000))).functions).toHaveLength(10_000);
  await expect(appManifest(app(10_001))).rejects.toThrow(
    expect.objectContaining({ code: 'deployment/too-many-functions', details: { limit: 'functions', measured: 10_001, allowed: 10_000 } }),
  );
});

test('what an app says of its limits is checked, whoever put it there', async () => {
  expect((await appManifest(app(1, { documentsRead: 5 }))).limits).toEqual({ documentsRead: 5 });
  expect((await appManifest(app(1))).limits).toBeUndefined();
  await expect(appManifest(app(1, { documentsRead: 1e9 }))).rejects.toThrow(expect.objectContaining({ code: 'config/invalid' }));
});
