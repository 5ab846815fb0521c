import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { bb, launcher } from './bb.ts';
import { folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

/** Where the host's own Node may be; the one that runs tests came with npm. */
const hostNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => existsSync(path));

test('help shows every command, each with examples', async () => {
  const { code, out } = await bb(['--help']);
  const commands = ['init', 'dev', 'deploy', 'run', 'logs', 'codegen', 'build'];
  const helps = await Promise.all(commands.map((command) => bb([command, '--help'])));

  expect(code).toBe(0);
  for (const command of commands) expect(out).toContain(`  ${command}`);
  for (const help of helps) expect(help).toMatchObject({ code: 0, out: expect.stringContaining('Examples:\n  $ bb ') });
});

test("the version is the package's", async () => {
  expect(await bb(['--version'])).toMatchObject({ code: 0, out: '0.1.0\n' });
});

test.for([['frobnicate'], ['dev', '--prot', '3000'], ['dev', '--port', 'x'], ['run'], ['init', 'x', '--template', 'none']])(
  'wrong usage ends with 2: bb %s',
  async (args) => {
    const { code, err } = await bb(args);

    expect(code).toBe(2);
    expect(err).toMatch(/^error: /);
  },
);

test('a Node that cannot run TypeScript hands over to the one that npm brought', async () => {
  const handedOver = await bb(['--version'], { env: { BB_FORCE_BUNDLED_NODE: '1' } });

  expect(handedOver).toMatchObject({ code: 0, out: '0.1.0\n' });
});

test('an exit code survives the hand-over', async () => {
  const { code } = await bb(['frobnicate'], { env: { BB_FORCE_BUNDLED_NODE: '1' } });

  expect(code).toBe(2);
});

test.runIf(hostNode !== undefined)("the launcher runs on the host's own Node", async () => {
  expect(await bb(['--version'], hostNode === undefined ? {} : { node: hostNode })).toMatchObject({ code: 0, out: '0.1.0\n' });
});

test('a folder without an app ends with 1 and says what to do', async () => {
  const cwd = await folderWith({ 'readme.md': '' });

  const { code, err } = await bb(['build'], { cwd });

  expect(code).toBe(1);
  expect(err).toMatch(/✖ app\/not-found {2}There is no betterbase folder in .+\n\n {2}Run this in an app's folder/);
});

test('with --json an error is one line of JSON on the result stream', async () => {
  const cwd = await folderWith({ 'readme.md': '' });

  const { code, out, err } = await bb(['build', '--json'], { cwd });

  expect({ code, err }).toEqual({ code: 1, err: '' });
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'app/not-found', hint: expect.any(String) } });
});

test('a server that does not answer ends with 3', async () => {
  const cwd = await folderWith({ 'betterbase/notes.ts': 'export const x = 1;' });

  expect(await bb(['run', 'notes:x', '--url', 'http://127.0.0.1:9/p/a', '--key', 'k'], { cwd })).toMatchObject({
    code: 3,
    err: expect.stringContaining('Nothing answers at http://127.0.0.1:9.'),
  });
  expect(await bb(['run', 'notes:x'], { cwd })).toMatchObject({ code: 3, err: expect.stringContaining('No bb dev is running') });
});

test('arguments that are no JSON object end with 2', async () => {
  expect(await bb(['run', 'notes:x', '[1]', '--url', 'http://127.0.0.1:9/p/a', '--key', 'k'])).toMatchObject({
    code: 2,
    err: expect.stringContaining('usage/bad-option'),
  });
});

test('a build says what it weighs', async () => {
  const cwd = await folderWith({ 'betterbase/notes.ts': 'export const x = 1;' });

  expect(await bb(['build'], { cwd })).toMatchObject({
    code: 0,
    out: expect.stringMatching(/app bundle +0\.\d kB +0\.\d kB\n\n +\d+ {2}betterbase\/notes\.ts/),
  });
  expect(JSON.parse((await bb(['build', '--json'], { cwd })).out)).toMatchObject({ raw: expect.any(Number), gzip: expect.any(Number) });
});

test('whoever reads the results may stop, as `head` does: nothing is said of it', async () => {
  const child = spawn(process.execPath, [launcher, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk) => (said += String(chunk)));
  child.stdout.destroy();
  await once(child, 'close');

  expect(said).toBe('');
});
