import { acknowledgeCharacters, acknowledgeEvery, maxUnacknowledged, maxUnacknowledgedCharacters } from '@betterbase/protocol';
import { expect, test } from 'vitest';
import type { FakeSocket } from '../test/fake-socket.ts';
import { ProjectBench } from '../test/project-bench.ts';

const mebibyte = 1024 * 1024;
const tooSlow = { code: 4429, reason: 'session/too-slow' };

/** A client as of now, which watches a cell that nothing is in yet; without `acknowledgeCharacters`, one as of before. */
async function watching(bench: ProjectBench, promise: { readonly acknowledgeCharacters?: number } = { acknowledgeCharacters }) {
  const socket = bench.socket();
  bench.say(socket, { type: 'connect', protocol: 1, session: null, version: 0, client: 'test', ...promise });
  bench.watch(socket, 1, 'cells:get', { cell: 'a' });
  await bench.quiet();
  return socket;
}

/** Makes transitions of so many characters, whose values begin differently: the fake engine's hash is the value once more. */
async function write(bench: ProjectBench, times: number, characters: number, from = 0): Promise<void> {
  for (let index = from; index < from + times; index++)
    await bench.mutate('cells:set', { cell: 'a', value: `${index}`.padEnd(characters / 2, 'x') });
}

const lastShown = (socket: FakeSocket) => JSON.stringify(socket.transitions().at(-1)?.changes).slice(0, 60);

test('a client that acknowledges no large transitions gets about a mebibyte of them, then the newest in one', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await write(bench, 20, 300_000);
  const sent = socket.frames.length;
  const before = socket.transitions();

  bench.say(socket, { type: 'acknowledge', version: before.at(-1)?.to ?? 0, finished: 0 });

  expect(socket.frames.slice(0, sent).join('').length).toBeLessThan(maxUnacknowledgedCharacters + 310_000);
  expect(before).toHaveLength(1 + 4);
  expect(socket.frames).toHaveLength(sent + 1);
  expect(lastShown(socket)).toContain('"value":"19xxx');
});

test('of several transitions only those that are acknowledged make room', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await write(bench, 5, 500_000);
  expect(socket.transitions()).toHaveLength(1 + 3);

  bench.say(socket, { type: 'acknowledge', version: 1, finished: 0 });
  expect(socket.transitions()).toHaveLength(0);
  bench.say(socket, { type: 'acknowledge', version: 2, finished: 0 });
  expect(socket.transitions()).toHaveLength(1);
  bench.say(socket, { type: 'acknowledge', version: 2, finished: 0 });
  await write(bench, 1, 10, 5);

  expect(socket.transitions()).toHaveLength(0);
});

test('one transition may be longer than the bound, and the next waits for it', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await write(bench, 2, 3 * mebibyte);
  expect(socket.transitions().map(({ to }) => to)).toEqual([1, 2]);

  bench.say(socket, { type: 'acknowledge', version: 2, finished: 0 });

  expect(lastShown(socket)).toContain('"value":"1xxx');
  expect(socket.closedWith).toBeNull();
});

test('a client that leaves a mebibyte unacknowledged is let go, and has as long as slow networks need', async () => {
  const bench = await ProjectBench.deployed();
  const [socket, slower] = [await watching(bench), await watching(bench)];
  await write(bench, 1, 4 * mebibyte);
  bench.say(socket, { type: 'acknowledge', version: 2, finished: 0 });
  await write(bench, 2, mebibyte, 1);
  await bench.timer.pass(40_000);
  await write(bench, 1, mebibyte, 3);

  expect([socket.closedWith, slower.closedWith]).toEqual([tooSlow, null]);
  await bench.timer.pass(95_000);
  await write(bench, 1, mebibyte, 4);
  expect(slower.closedWith).toEqual(tooSlow);
});

test('who acknowledges some of it is waited for anew', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await write(bench, 5, 500_000);
  for (const version of [1, 2]) {
    await bench.timer.pass(30_000);
    bench.say(socket, { type: 'acknowledge', version, finished: 0 });
    await write(bench, 1, 500_000, 10 + version);
  }

  expect(socket.closedWith).toBeNull();
});

test('the bound outlives sleep', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await bench.timer.pass(2_000);
  bench.sleep();
  await write(bench, 20, 300_000);

  expect(socket.transitions()).toHaveLength(1 + 4);
});

test('a client that counts transitions alone gets all that it cannot acknowledge yet', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench, {});
  await write(bench, acknowledgeEvery - 1, mebibyte);
  expect(socket.transitions()).toHaveLength(acknowledgeEvery);
  await bench.timer.pass(120_000);
  bench.say(socket, { type: 'acknowledge', version: acknowledgeEvery, finished: 0 });
  await write(bench, 1, mebibyte, 100);

  expect(lastShown(socket)).toContain('"value":"100xx');
  expect(socket.closedWith).toBeNull();
});

test('a client that promises too late an acknowledgement is not held to it', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench, { acknowledgeCharacters: maxUnacknowledgedCharacters });
  await write(bench, 5, mebibyte);

  expect(socket.transitions()).toHaveLength(1 + 5);
});

test('a client that counts transitions alone is let go before what it may not have read fills the object', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench, {});
  await write(bench, 15, 5 * mebibyte);

  expect(socket.closedWith).toEqual(tooSlow);
  expect(socket.frames.join('').length).toBeLessThan(71 * mebibyte);
});

test('a client that reads no outcomes of its mutations is let go before they fill the object', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await write(bench, 1, mebibyte);
  for (let id = 1; id <= 12; id++)
    bench.say(socket, { type: 'mutation', id, path: 'cells:set', args: { cell: 'b', value: `${id}`.padEnd(4 * mebibyte, 'x') } });
  await bench.quiet();

  expect(socket.closedWith).toEqual(tooSlow);
  expect(socket.frames.join('').length).toBeLessThan(3 * mebibyte);
});

test('small transitions are bounded by their number, as before', async () => {
  const bench = await ProjectBench.deployed();
  const socket = await watching(bench);
  await write(bench, 100, 10);

  expect(socket.transitions()).toHaveLength(maxUnacknowledged);
});
