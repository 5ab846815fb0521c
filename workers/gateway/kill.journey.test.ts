import { setTimeout as pause } from 'node:timers/promises';
import { test as inOrder } from 'vitest';
import { KillablePlatform } from './test/killable-platform.ts';
import { killRounds } from './test/kill-rounds.ts';
import { RawSocket } from './test/raw-socket.ts';
import { testApp } from './test/test-app.ts';

// Starting again is most of each.
const test = inOrder.concurrent;

const list = async (platform: KillablePlatform, name: string): Promise<string[]> =>
  (await platform.post('/p/app/api/query', { path: 'items:list', args: { list: name } })).body.value;

test('killed at any moment, the server has everything it acknowledged, and what is sent again is done once', async ({
  expect,
  onTestFinished,
}) => {
  const platform = await KillablePlatform.withApp(testApp, onTestFinished);
  expect(await killRounds(platform, 'http', [150, 240, 330, 420])).toBeGreaterThan(50);
}, 120_000);

test('a session goes on after the server was killed: order kept, nothing twice', async ({ expect, onTestFinished }) => {
  const platform = await KillablePlatform.withApp(testApp, onTestFinished);
  const first = await RawSocket.open(`${platform.url}/p/app/realtime`);
  const { session } = await first.connect();
  const add = (socket: RawSocket, id: number): void =>
    socket.send({ type: 'mutation', id, path: 'items:add', args: { list: 'socket', text: String(id) } });
  for (let id = 1; id <= 60; id++) add(first, id);
  await first.next();
  await platform.kill();
  await platform.start();

  const second = await RawSocket.open(`${platform.url}/p/app/realtime`);
  expect(await second.connect(session)).toMatchObject({ resumed: true, session });
  for (let id = 1; id <= 60; id++) add(second, id);
  const finished: number[] = [];
  while (finished.length < 60) {
    const frame = await second.next();
    if (frame.type === 'transition') finished.push(...frame.finished.map((each) => each.id));
  }

  const expected = Array.from({ length: 60 }, (_, at) => at + 1);
  expect(finished).toEqual(expected);
  expect(await list(platform, 'socket')).toEqual(expected.map(String));
  second.close();
});

test('killed in the middle of a deploy, either the old or the new version serves, whole', async ({ expect, onTestFinished }) => {
  const platform = await KillablePlatform.withApp(testApp, onTestFinished);
  for (const wait of [0, 10, 25, 60]) {
    const changed = testApp.replace("'count ' +", `'count${wait} ' +`);
    const deploying = platform.deploy('app', changed).catch(() => null);
    await pause(wait);
    await platform.kill();
    await deploying;
    await platform.start();

    expect((await platform.post('/p/app/api/query', { path: 'items:count', args: {} })).body.status).toBe('success');
    const hello = await (await fetch(`${platform.url}/p/app/http/hello`)).text();
    expect(hello).toMatch(/^count\d* \d+ $/);
    expect((await platform.deploy('app', changed)).status).toBe(201);
  }
});
