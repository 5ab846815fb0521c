import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodes } from '@betterbase/core';
import { expect, test } from 'vitest';
import { parseServerError } from '../src/admin/server-error.ts';
import { readLines } from '../src/admin/read-lines.ts';
import { exitCodeFor } from '../src/terminal/exit-code.ts';
import { findApp } from '../src/workspace/app-folder.ts';
import { readDevState, writeDevState } from '../src/workspace/dev-state.ts';
import { parseProjectName, projectNameOf, toProjectName } from '../src/workspace/project-name.ts';
import { findTarget, parseAddress } from '../src/workspace/target.ts';
import { folderWith } from './folder.ts';

test('exit codes follow from whose mistake it is and whether the server could be reached', () => {
  expect(exitCodeFor('function/app-error')).toBe(1);
  expect(exitCodeFor('bundle/bad-code')).toBe(1);
  expect(exitCodeFor('auth/bad-key')).toBe(1);
  expect(exitCodeFor('usage/bad-option')).toBe(2);
  expect(exitCodeFor('connection/lost')).toBe(3);
  expect(exitCodeFor('limit/overloaded')).toBe(3);
  expect(exitCodeFor('internal/unexpected')).toBe(70);
  expect(exitCodeFor('platform/does-not-build')).toBe(70);
  expect(exitCodeFor(null)).toBe(70);
});

test('every code has an exit code that scripts know', () => {
  const codes = Object.keys(errorCodes).filter((code): code is keyof typeof errorCodes => code in errorCodes);

  expect(new Set(codes.map((code) => exitCodeFor(code)))).toEqual(new Set([1, 2, 3, 70]));
});

test("a project's name comes from the flag, the configuration, package.json or the folder, in that order", async () => {
  const config =
    "import { defineConfig } from '@betterbase/core/config';\nexport default defineConfig({ project: { name: 'From Config' } });\n";
  const both = await findApp(
    await folderWith({ 'betterbase/a.ts': '', 'betterbase.config.ts': config, 'package.json': '{"name":"@me/From_Package"}' }),
  );
  const one = await findApp(await folderWith({ 'betterbase/a.ts': '', 'package.json': '{"name":"@me/From_Package"}' }));

  expect(await projectNameOf(both, 'flag')).toBe('flag');
  expect(await projectNameOf(both, undefined)).toBe('from-config');
  expect(await projectNameOf(one, undefined)).toBe('from-package');
  expect(toProjectName('Ünïcode & Co.')).toBe('n-code-co');
});

test('a configuration that is wrong names every problem', async () => {
  const app = await findApp(
    await folderWith({ 'betterbase/a.ts': '', 'betterbase.config.ts': "export default { project: { name: '' }, provder: 1 };" }),
  );

  await expect(projectNameOf(app, undefined)).rejects.toMatchObject({
    code: 'config/invalid',
    message: expect.stringMatching(/project\.name: .+; provder: /),
  });
});

test("a name that cannot be a project's is refused with one that can", () => {
  expect(() => parseProjectName('My App')).toThrow(
    expect.objectContaining({ code: 'project/bad-name', hint: expect.stringContaining('"my-app"') }),
  );
});

test('the dev server of a folder is found by its state, and its key is for the owner only', async () => {
  const root = await folderWith({});
  const state = { url: 'http://localhost:1', port: 1, project: 'p', adminKey: 'k', pid: process.pid };
  await writeDevState(join(root, '.betterbase'), state);

  expect(await findTarget(root, {}, {})).toEqual({ url: 'http://localhost:1', project: 'p', key: 'k' });
  expect((await stat(join(root, '.betterbase/dev.json'))).mode & 0o777).toBe(0o600);
});

test('a dev server that has ended is not found', async () => {
  const root = await folderWith({});
  await writeDevState(join(root, '.betterbase'), { url: 'http://localhost:1', port: 1, project: 'p', adminKey: 'k', pid: 2 ** 22 + 1 });

  expect(await readDevState(join(root, '.betterbase'))).toMatchObject({ adminKey: 'k', pid: null });
  await expect(findTarget(root, {}, {})).rejects.toMatchObject({ code: 'connection/lost' });
});

test('flags go before the environment, and an address may name the project', async () => {
  const env = { BETTERBASE_URL: 'https://a.example', BETTERBASE_KEY: 'ek', BETTERBASE_PROJECT: 'ep' };

  expect(await findTarget('/', {}, env)).toEqual({ url: 'https://a.example', project: 'ep', key: 'ek' });
  expect(await findTarget('/', { url: 'https://b.example/p/two', key: 'k' }, env)).toEqual({
    url: 'https://b.example',
    project: 'two',
    key: 'k',
  });
  await expect(findTarget('/', { url: 'https://b.example' }, {})).rejects.toMatchObject({ code: 'usage/bad-option' });
  expect(() => parseAddress('localhost')).toThrow(expect.objectContaining({ code: 'usage/bad-option' }));
});

test('an error of the server keeps its code, in either shape; anything else is a server we do not know', () => {
  expect(parseServerError({ error: { code: 'auth/bad-key', message: 'No.', hint: 'Try.' } }, 401)).toMatchObject({
    code: 'auth/bad-key',
    message: 'No.',
    hint: 'Try.',
  });
  expect(parseServerError({ error: 'No.', code: 'auth/bad-key', suggestion: 'Try.' }, 401)).toMatchObject({
    code: 'auth/bad-key',
    message: 'No.',
    hint: 'Try.',
  });
  expect(parseServerError('<html>', 502)).toMatchObject({ code: 'connection/lost', message: expect.stringContaining('502') });
});

test('lines may be cut anywhere on the way', async () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const bytes = new TextEncoder().encode('{"a":"é"}\n\n{"b":1}\n{"c"');
    for (const byte of bytes) yield Uint8Array.of(byte);
  }
  const lines: string[] = [];
  for await (const line of readLines(chunks())) lines.push(line);

  expect(lines).toEqual(['{"a":"é"}', '{"b":1}', '{"c"']);
});
