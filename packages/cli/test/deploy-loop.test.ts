import { BetterBaseError, defaultRowSecurity, type ProviderManifest } from '@betterbase/core';
import { expect, test } from 'vitest';
import { DeployLoop } from '../src/dev/deploy-loop.ts';

test('requests made while a deploy runs are one more deploy', async () => {
  const { loop, told, sources } = tested();
  const first = loop.request();
  sources.app = 'b';
  void loop.request();
  void loop.request();

  await first;

  expect(told).toEqual(['deployed a', 'deployed b']);
});

test('code that is as deployed is not sent again', async () => {
  const { loop, told, sources } = tested();
  await loop.request();
  await loop.request();
  sources.app = 'b';
  await loop.request();

  expect(told).toEqual(['deployed a', 'deployed b']);
});

test('a provider that changed is sent, though the code is as deployed', async () => {
  const { loop, told, sources } = tested();
  await loop.request();
  sources.provider = { type: 'd1', binding: 'APP_DB' };
  await loop.request();
  await loop.request();

  expect(told).toEqual(['deployed a', 'deployed a']);
});

test('after a failure the old code is sent again, so that the mistake is seen to be gone', async () => {
  const { loop, told, sources } = tested();
  await loop.request();
  sources.error = new BetterBaseError('bundle/bad-code', 'no');
  await loop.request();
  sources.error = null;
  await loop.request();

  expect(told).toEqual(['deployed a', 'failed bundle/bad-code', 'deployed a']);
});

test('it is sending only while the server has the bundle', async () => {
  const { loop, wasSending } = tested();
  expect(loop.isSending).toBe(false);
  await loop.request();

  expect(wasSending).toEqual([true]);
  expect(loop.isSending).toBe(false);
});

function tested() {
  const told: string[] = [];
  const wasSending: boolean[] = [];
  const sources: { app: string; provider: ProviderManifest; error: BetterBaseError | null } = {
    app: 'a',
    provider: { type: 'embedded' },
    error: null,
  };
  const loop: DeployLoop = new DeployLoop({
    bundler: {
      build: async () => {
        if (sources.error !== null) throw sources.error;
        return { app: sources.app, provider: sources.provider, map: '', rls: defaultRowSecurity, bytes: 1, inputs: [], parts: [] };
      },
    },
    admin: {
      deploy: async (app) => {
        wasSending.push(loop.isSending);
        return { id: app, state: 'active', createdAt: 0, message: null, by: null, milliseconds: null, changes: [], error: null };
      },
    },
    onBundle: () => {},
    onDeployed: ({ id }) => void told.push(`deployed ${id}`),
    onFailed: (error) => void told.push(`failed ${error instanceof BetterBaseError ? error.code : ''}`),
  });
  return { loop, told, sources, wasSending };
}
