import { expect, test } from 'vitest';
import { Program } from './program.ts';

const node = process.execPath;

test('waiting for a line gives what the pattern found, also when it was printed before', async () => {
  const program = new Program(node, ['-e', 'console.log("ready http://localhost:1234/p/chat"); setInterval(() => {}, 1000)']);

  await program.until(/ready/);
  const [, port] = await program.until(/localhost:(\d+)/);

  expect(port).toBe('1234');
  await program.kill();
});

test('a program that ends early fails the wait with all it printed', async () => {
  const program = new Program(node, ['-e', 'console.error("no such thing"); process.exit(1)']);

  await expect(program.until(/ready/)).rejects.toThrow('no such thing');
  await program.kill();
});

test('killing a program kills what it started', async () => {
  const child =
    'require("node:http").createServer((_, r) => r.end("here")).listen(0, function () { console.log("port", this.address().port, "."); })';
  const program = new Program(node, [
    '-e',
    `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { stdio: "inherit" })`,
  ]);
  const [, port] = await program.until(/port (\d+) \./);
  const url = `http://localhost:${port}/`;
  expect(await (await fetch(url)).text()).toBe('here');

  await program.kill();

  await expect(fetch(url)).rejects.toThrow();
});
