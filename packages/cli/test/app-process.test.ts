import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { AppProcess, requireDevScript } from '../src/dev/app-process.ts';
import { folderWith } from './folder.ts';

// Other programs are started here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const server =
  'console.log("  ➜  Local:   \\u001b[36mhttp://localhost:\\u001b[1m5199\\u001b[22m/\\u001b[39m", process.env.VITE_BETTERBASE_URL); setInterval(() => {}, 1000);';

test('the app\'s "dev" script is told where the backend is, and its address is found', async () => {
  const { output, urls, process } = await started(server);

  await expect.poll(() => urls, { timeout: 10_000 }).toEqual(['http://localhost:5199/']);
  expect(output.join('\n')).toContain('http://localhost:3210/p/x');
  process.stop();
});

test('stopping it ends everything it started', async () => {
  const { root, process } = await started("setInterval(() => require('node:fs').appendFileSync('beats', '.'), 20);");
  const beats = (): Promise<number> =>
    stat(join(root, 'beats')).then(
      ({ size }) => size,
      () => 0,
    );
  await expect.poll(beats, { timeout: 10_000 }).toBeGreaterThan(2);

  process.stop();
  await sleep(100);
  const before = await beats();
  await sleep(200);

  expect(await beats()).toBe(before);
});

test('a script that ends is reported with its code', async () => {
  const { ends } = await started('process.exit(4)');

  await expect.poll(() => ends, { timeout: 10_000 }).toEqual([4]);
});

test('an app without a script of its own is refused, and one whose script is bb dev', async () => {
  const none = await folderWith({ 'package.json': '{}' });
  const itself = await folderWith({ 'package.json': '{"scripts":{"dev":"bb dev"}}' });

  await expect(requireDevScript(none)).rejects.toMatchObject({ code: 'usage/bad-option' });
  await expect(requireDevScript(itself)).rejects.toMatchObject({ code: 'usage/bad-option' });
});

async function started(code: string) {
  const root = await folderWith({ 'package.json': JSON.stringify({ scripts: { dev: 'node dev.cjs' } }), 'dev.cjs': code });
  const output: string[] = [];
  const urls: string[] = [];
  const ends: (number | null)[] = [];
  const process = new AppProcess({
    root,
    url: 'http://localhost:3210/p/x',
    onUrl: (url) => urls.push(url),
    onOutput: (text) => output.push(text),
    onEnd: (code) => ends.push(code),
  });
  onTestFinished(() => process.stop());
  return { root, output, urls, ends, process };
}
