import type { MoveOutcome, MoveRequest } from '@betterbase/engine';
import { expect, test } from 'vitest';
import { turnBench } from '../test/turn-bench.ts';
import { exportStream } from './export-stream.ts';
import { importLines } from './import-lines.ts';
import { Mover } from './mover.ts';

function moverOn(bench: ReturnType<typeof turnBench>, refusal: null | { code: 'project/not-found'; message: string } = null): Mover {
  return new Mover({ refusal: () => Promise.resolve(refusal), add: (work) => bench.inbox.add(work), rest: () => Promise.resolve() });
}

const finish: MoveRequest = { move: 'finish-import', id: 'i', isTrial: false };

test('a step that is lost is taken again', async () => {
  const bench = turnBench();
  await bench.open();
  let lost = 0;
  bench.host.step = (name) => {
    if (name === 'move' && lost++ === 0) throw new Error('lost');
  };

  expect(await moverOn(bench).step(finish)).toEqual({ ok: true, value: { move: 'done' } });
  expect(lost).toBe(2);
});

test('a step that takes the engine down alone is too much for one call, and the project goes on', async () => {
  const bench = turnBench();
  await bench.open();
  bench.host.step = (name) => {
    if (name === 'move') throw new Error('out of memory');
  };

  const [outcome, mutation] = await Promise.all([moverOn(bench).step(finish), bench.mutate('cells:add', { cell: 'a', by: 1 })]);

  expect(outcome).toMatchObject({ ok: false, error: { code: 'import/too-large' } });
  expect(mutation.outcome).toMatchObject({ ok: true });
});

test('a project that nobody can talk with takes no steps', async () => {
  const bench = turnBench();

  expect(await moverOn(bench, { code: 'project/not-found', message: 'No.' }).step(finish)).toMatchObject({
    error: { code: 'project/not-found' },
  });
  expect(bench.turns()).toBe(0);
});

test('lines are taken in by steps of whole lines, numbered, and a line is never cut', async () => {
  const steps: { readonly from: number; readonly text: string }[] = [];
  const mover = {
    step: async (request: MoveRequest): Promise<MoveOutcome> => {
      if (request.move !== 'stage') throw new Error('Only lines are staged.');
      steps.push(request);
      return { ok: true, value: { move: 'stage', lines: request.from - 1 + request.text.trimEnd().split('\n').length } };
    },
  };
  const text = Array.from({ length: 3_000 }, (_, line) => `{"n":${line},"t":"${'ü'.repeat(line % 400)}"}`).join('\n');

  const taken = await importLines(mover, { id: 'i', table: 't', from: 11 }, chunked(text, 1_000));

  expect(taken).toEqual({ ok: true, lines: 3_010 });
  expect(steps.length).toBeGreaterThan(1);
  expect(steps.map((step) => step.text).join('')).toBe(text);
  expect(steps[0]?.from).toBe(11);
  for (const step of steps) expect(JSON.parse(step.text.split('\n')[0] ?? '')).toMatchObject({ n: step.from - 11 });
});

test('what refuses a step ends the lines', async () => {
  let steps = 0;
  const mover = {
    step: (): Promise<MoveOutcome> => {
      steps++;
      return Promise.resolve({ ok: false, error: { code: 'import/not-found', message: 'Gone.' } });
    },
  };

  expect(await importLines(mover, { id: 'i', table: 't', from: 1 }, chunked('x\n'.repeat(600_000), 64_000))).toMatchObject({
    ok: false,
    error: { code: 'import/not-found' },
  });
  expect(steps).toBe(1);
});

test('a line without an end is refused before it fills the memory', async () => {
  const mover = { step: (): Promise<MoveOutcome> => Promise.reject(new Error('Nothing is to be staged.')) };

  expect(await importLines(mover, { id: 'i', table: 't', from: 1 }, chunked('x'.repeat(17 * 1024 * 1024), 1 << 20))).toMatchObject({
    error: { code: 'http/body-too-large' },
  });
});

test('a table is read step by step, only as fast as somebody reads, and says what it ends with', async () => {
  const steps: (number | null)[] = [];
  const mover = {
    step: (request: MoveRequest): Promise<MoveOutcome> => {
      if (request.move !== 'read-export') throw new Error('Only reading is wanted.');
      steps.push(request.after);
      const next = steps.length < 5 ? steps.length : null;
      return Promise.resolve({ ok: true, value: { move: 'read-export', text: steps.length === 2 ? '' : `{"n":${steps.length}}\n`, next } });
    },
  };
  const reader = exportStream(mover, { id: 'e', table: 't', after: 7 }).getReader();

  expect(steps).toEqual([]);
  const first = await reader.read();
  expect(new TextDecoder().decode(first.value)).toBe('{"n":1}\n');
  let text = '';
  for (let read = await reader.read(); !read.done; read = await reader.read()) text += new TextDecoder().decode(read.value);

  expect(text).toBe('{"n":3}\n{"n":4}\n{"n":5}\n{"$end":true}\n');
  expect(steps).toEqual([7, 1, 2, 3, 4]);
});

test('a table that cannot be read to its end says so in its last line', async () => {
  const mover = {
    step: (): Promise<MoveOutcome> => Promise.resolve({ ok: false, error: { code: 'export/interrupted', message: 'Gone.' } }),
  };
  const text = await new Response(exportStream(mover, { id: 'e', table: 't', after: null })).text();

  expect(JSON.parse(text)).toEqual({ $error: { code: 'export/interrupted', message: 'Gone.' } });
});

function chunked(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}
