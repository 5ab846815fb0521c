import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished, expect, test, vi } from 'vitest';
import { freePort } from '@betterbase/testing/process';
import { explainBreakdown } from '../src/dev/breakdown.ts';
import { parseRunLine, RunningCalls } from '../src/dev/running-calls.ts';
import { RuntimeHost } from '../src/dev/runtime-host.ts';
import { RuntimeProcess } from '../src/dev/runtime-process.ts';
import { Watchdog } from '../src/dev/watchdog.ts';
import { isAlive } from '../src/workspace/dev-state.ts';

// Processes are started and ended here, on a machine that may be busy with other tests.
vi.setConfig({ testTimeout: 30_000 });

const script = join(import.meta.dirname, 'fake-runtime.js');
const loop = {
  path: 'queries/a:loop',
  kind: 'query',
  requestId: 'r1',
  identity: '["queries/a:loop"]',
  json: '{"path":"queries/a:loop","kind":"query","requestId":"r1","session":"s","id":7}',
};

test('a runtime that hangs is started again, the call is named, and the next start hears of it', async () => {
  const { host, url, events, until } = await hosted('serve');
  await host.start();
  const { pid } = await ask(url);

  await ask(`${url}/hang`);
  await until('back');

  expect(events).toContainEqual(['broke', 'hung', loop]);
  expect(await ask(url)).toEqual({ pid: expect.not.toSatisfy((other) => other === pid), hang: loop.json });
  expect(isAlive(pid)).toBe(false);
});

test('a runtime that has ended has left its port, also one that was busy', async () => {
  const port = await freePort();
  const runtime = new RuntimeProcess(script);
  onTestFinished(() => runtime.kill());
  const settings = { workerPath: '', adminKey: '', port, vars: { script: 'serve' } };
  await runtime.serve({ settings, appliesMigrations: false }, { line: () => {}, died: () => {} });
  await ask(`http://127.0.0.1:${port}/hang`);

  await runtime.end();

  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});

test('a runtime that dies is started again, and what was running is named', async () => {
  const { host, url, events, until } = await hosted('serve');
  await host.start();

  await ask(`${url}/die`);
  await until('back');

  expect(events).toContainEqual(['broke', 'died', expect.objectContaining({ path: 'queries/a:deadly' })]);
});

test('a call is refused only when the runtime died with it twice in a row: one death proves nothing', async () => {
  const { host, url, events, until } = await hosted('serve');
  await host.start();

  await ask(`${url}/die`);
  await until('back');
  expect((await ask(url)).hang).toBeNull();

  events.length = 0;
  await ask(`${url}/die`);
  await until('back');
  expect((await ask(url)).hang).toContain('queries/a:deadly');
});

test('lines that name calls are swallowed, others are passed on', async () => {
  const { host, url, events, until } = await hosted('serve');
  await host.start();
  await ask(`${url}/die`);
  await until('back');

  expect(events.filter(([event]) => event === 'line').map(([, text]) => text)).toEqual([
    'hello from the platform',
    'hello from the platform',
  ]);
});

test('stopping ends the process, also one that does not want to', async () => {
  for (const behaviour of ['serve', 'ignores-stop']) {
    const { host, url, events } = await hosted(behaviour);
    await host.start();
    const { pid } = await ask(url);

    await host.stop();

    expect(isAlive(pid)).toBe(false);
    expect(events.map(([event]) => event)).toEqual(['line']);
  }
});

test.for([
  ['fails', 'no such table'],
  ['never-ready', 'It ended before it was ready'],
])('a platform that does not start (%s) says why', async ([behaviour = '', reason]) => {
  const { host } = await hosted(behaviour);

  await expect(host.start()).rejects.toMatchObject({ code: 'dev/runtime-failed', message: expect.stringContaining(reason ?? '') });
});

test('silence is told once, after the probes that may go unanswered', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const onSilence = vi.fn();
  const onDoubt = vi.fn();
  const watchdog = new Watchdog({ probe: () => new Promise(() => {}), onDoubt, onSilence, interval: 100, patience: 4 });

  await vi.advanceTimersByTimeAsync(299);
  expect(onDoubt).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(onDoubt).toHaveBeenCalledOnce();
  expect(onSilence).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(5000);

  expect(onSilence).toHaveBeenCalledOnce();
  watchdog.stop();
});

test('one answer makes up for all the probes before it', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const onSilence = vi.fn();
  const onDoubt = vi.fn();
  let probes = 0;
  const watchdog = new Watchdog({
    probe: () => ((probes += 1) % 3 === 0 ? Promise.resolve() : Promise.reject(new Error())),
    onDoubt,
    onSilence,
    interval: 100,
    patience: 4,
  });

  await vi.advanceTimersByTimeAsync(10_000);

  expect(onSilence).not.toHaveBeenCalled();
  watchdog.stop();
});

test('the call that started last is the suspect, unless its log entry has come', () => {
  const calls = new RunningCalls();
  calls.started({ ...loop, path: 'actions/a:slow', requestId: 'r1' });
  calls.started({ ...loop, path: 'queries/a:quick', requestId: 'r2' });
  calls.finished('r2');

  expect(calls.takeSuspect()).toMatchObject({ path: 'actions/a:slow' });
  expect(calls.takeSuspect()).toBeNull();
});

test('a call that ended is no suspect before its log entry has come, and is one again when it is run again', () => {
  const calls = new RunningCalls();
  calls.started({ ...loop, path: 'actions/a:slow', requestId: 'r1' });
  calls.started({ ...loop, path: 'queries/a:quick', requestId: 'r2' });
  calls.ended('r2');
  expect(calls.takeSuspect()).toMatchObject({ path: 'actions/a:slow' });

  calls.started({ ...loop, path: 'mutations/a:again', requestId: 'r3' });
  calls.ended('r3');
  calls.started({ ...loop, path: 'mutations/a:again', requestId: 'r3' });
  expect(calls.takeSuspect()).toMatchObject({ path: 'mutations/a:again' });
});

test('a call whose end was heard before its start is no suspect', () => {
  const calls = new RunningCalls();
  calls.started({ ...loop, requestId: 'r1' });
  calls.finished('r2');
  calls.started({ ...loop, path: 'queries/a:quick', requestId: 'r2' });

  expect(calls.takeSuspect()).toMatchObject({ requestId: 'r1' });
});

test("only the engine's own lines name calls", () => {
  expect(parseRunLine('{"running":{}}')).toBeNull();
  expect(parseRunLine('\u0001BB {"running":{"path":1}}')).toBeNull();
  expect(parseRunLine('\u0001BB {"finished":"r"}')).toEqual({ tells: 'end', requestId: 'r' });
  expect(parseRunLine('\u0001BB {"running":{"path":"a:b","kind":"query","requestId":"r","session":"s"}}')).toEqual({
    tells: 'start',
    call: {
      path: 'a:b',
      kind: 'query',
      requestId: 'r',
      identity: '["a:b"]',
      json: '{"path":"a:b","kind":"query","requestId":"r","session":"s"}',
    },
  });
});

test('a mutation that is sent again is the same call, another one of the same function is not', () => {
  const line = (requestId: string, id: number) =>
    parseRunLine(`\u0001BB {"running":{"path":"a:b","kind":"mutation","requestId":"${requestId}","session":"s","id":${id}}}`);
  const identity = (...of: Parameters<typeof line>) => {
    const told = line(...of);
    return told?.tells === 'start' ? told.call.identity : null;
  };

  expect(identity('r2', 1)).toBe(identity('r1', 1));
  expect(identity('r1', 2)).not.toBe(identity('r1', 1));
});

test('a breakdown is explained by what is known', () => {
  expect(explainBreakdown('hung', loop, false)).toContain('queries/a:loop (query) held the runtime');
  expect(explainBreakdown('hung', null, true)).toContain('The code outside of functions held the runtime');
  expect(explainBreakdown('died', null, false)).toContain('no function call was known to run');
});

type HostEvent = readonly [event: string, ...parts: readonly unknown[]];

async function hosted(behaviour: string) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const events: HostEvent[] = [];
  const host = new RuntimeHost({
    settings: { workerPath: '', adminKey: '', port, vars: { script: behaviour } },
    script,
    probe: () => fetch(url),
    listener: {
      line: (_level, text) => events.push(['line', text]),
      broke: (breakdown, call) => events.push(['broke', breakdown, call]),
      back: () => events.push(['back']),
      gaveUp: (error) => events.push(['gave up', error]),
    },
  });
  onTestFinished(() => host.kill());
  const until = async (event: string): Promise<void> => {
    while (!events.some(([name]) => name === event)) {
      expect(events).not.toContainEqual(['gave up', expect.anything()]);
      await sleep(20);
    }
  };
  return { host, url, events, until };
}

async function ask(url: string): Promise<{ pid: number; hang: string | null }> {
  const response = await fetch(url);
  const answer: { pid: number; hang: string | null } = JSON.parse(await response.text());
  return answer;
}
