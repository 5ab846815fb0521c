import { expect, test } from 'vitest';
import { runCommand } from './run-command.ts';

test('a command that ends well is ok, and its output is kept', async () => {
  expect(await runCommand(['node', '-e', 'console.log(1); console.error(2)'])).toEqual({ ok: true, output: '1\n2' });
});

test('a command that fails is not', async () => {
  expect(await runCommand(['node', '-e', 'process.exit(3)'])).toEqual({ ok: false, output: '' });
});

test('a command that does not exist fails by name', async () => {
  expect(await runCommand(['no-such-tool'])).toMatchObject({ ok: false, output: expect.stringContaining('no-such-tool does not start') });
});

test('a command gets no input', async () => {
  expect(await runCommand(['cat'])).toEqual({ ok: true, output: '' });
});

test('a command that takes too long is ended, with everything it started', async () => {
  const start = performance.now();

  const result = await runCommand(['sh', '-c', 'sleep 60 & sleep 60'], { minutes: 0.005 });

  expect(result).toMatchObject({ ok: false, output: expect.stringContaining('was ended') });
  expect(performance.now() - start).toBeLessThan(20_000);
});
