/** `bb dev` on an app written for Convex, as it is. The platform is the real one, in workerd. */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnyValue } from '@betterbase/core';
import { freePort, Program } from '@betterbase/testing/process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launcher } from './bb.ts';

const parent = join(import.meta.dirname, '../../../.artifacts');
let folder: string;
let program: Program;
let url: string;

beforeAll(async () => {
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'convex-'));
  await cp(join(import.meta.dirname, 'convex-app'), folder, { recursive: true });
  program = new Program(process.execPath, [launcher, 'dev', '--port', String(await freePort())], { cwd: folder, env: { NO_COLOR: '1' } });
  url = await readyUrl();
});

afterAll(async () => {
  await program.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

async function readyUrl(): Promise<string> {
  for (let waited = 0; waited < 60_000; waited += 50) {
    const ready = /^ready (\S+)/m.exec(program.output)?.[1];
    if (ready !== undefined) return ready;
    await sleep(50);
  }
  throw new Error(`Not ready within a minute. Printed:\n${program.output}`);
}

async function call(kind: 'query' | 'mutation' | 'action', path: string, args: object = {}): Promise<AnyValue> {
  const response = await fetch(`${url}/api/${kind}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ path, args }),
  });
  return await response.json();
}

test('functions made with convex-helpers answer', async () => {
  const ann = (await call('mutation', 'posts:addUser', { name: 'ann' })).value;
  const bob = (await call('mutation', 'posts:addUser', { name: 'bob' })).value;
  for (const [author, score] of [
    [ann, 5],
    [bob, 3],
    [ann, 1],
  ])
    await call('mutation', 'posts:add', { author, title: `p${score}`, status: 'published', score, tags: ['red'] });

  expect(await call('query', 'posts:mine', { as: 'ann' })).toMatchObject({ status: 'success', value: [{ title: 'p5' }, { title: 'p1' }] });
  const merged = await call('query', 'streams:merged', { authors: [ann, bob], paginationOpts: { numItems: 2, cursor: null } });
  expect(merged.value).toMatchObject({ page: [1, 3], isDone: false });
  expect((await call('action', 'posts:importAll', { author: ann, titles: ['a'] })).value).toEqual({ count: 4, isTimed: true });
  expect((await call('query', 'zod:shout', { text: 'hey' })).value).toEqual({ text: 'HEY' });
  expect(await call('query', 'posts:mine', { as: 'nobody' })).toMatchObject({
    status: 'error',
    errorData: { code: 'unknown-user', name: 'nobody' },
  });
});

test('internal functions are not there for the world', async () => {
  expect(await call('query', 'posts:count')).toMatchObject({ status: 'error', code: 'function/not-found' });
});

test('its routes answer', async () => {
  const shared = await fetch(`${url}/http/shared`, { method: 'POST', body: 'x', headers: { origin: 'https://example.com' } });

  expect(await (await fetch(`${url}/http/plain`)).text()).toBe('plain');
  expect(await shared.json()).toEqual({ got: 'x' });
});
