import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import type { EngineDoor, FunctionCall, TurnOperation } from '@betterbase/engine';
import { expect, test } from 'vitest';
import runtime from './dist/runtime.txt';
import { engineModules } from './modules.ts';
import { decodeRuntime } from './runtime-text.ts';

const app = `
import { defineSchema, defineTable, mutation, query, v } from './runtime.js';
const todos = {
  list: query({ args: {}, handler: async ({ db }) => (await db.query('todos').collect()).map((each) => each.text) }),
  add: mutation({ args: { text: v.string() }, handler: async ({ db }, { text }) => await db.insert('todos', { text }) }),
  fetches: query({ args: {}, handler: async () => { await fetch('https://example.com'); return null; } }),
  waits: query({ args: {}, handler: () => new Promise((resolve) => { setTimeout(resolve, 1); }) }),
  pending: query({ args: {}, handler: () => new Promise(() => {}) }),
  clock: query({ args: {}, handler: async () => { const a = Date.now(); for (let i = 0; i < 2e6; i++); return [a === Date.now(), new Date().getTime() === a, new (new Date().constructor)().getTime() === a, a > 1.7e12]; } }),
  chance: mutation({ args: {}, handler: async () => { const bytes = crypto.getRandomValues(new Uint8Array(4)); return [typeof Math.random(), crypto.randomUUID().length, bytes.length, Math.max(1, 2)]; } }),
  prints: query({ args: {}, handler: async () => { console.log('hello', { a: 1 }); console.error('oh'); return null; } }),
};
export const modules = { todos };
export const schema = defineSchema({ todos: defineTable({ text: v.string() }) });
export const http = null;
`;

/** Runs turns on a real facet, loaded the way the project object loads it. */
async function withEngine<T>(
  name: string,
  work: (engine: { turn(...operations: TurnOperation[]): Promise<unknown>; door: EngineDoor }) => Promise<T>,
): Promise<T> {
  return await runInDurableObject(env.SCRATCH.getByName(name), async (_, state) => {
    const facet = state.facets.get<EngineDoor & Rpc.DurableObjectBranded>('engine', () => {
      const { modules, ...code } = engineModules(decodeRuntime(runtime), app, 'embedded');
      const worker = env.LOADER.get(`${name}:engine`, () => ({
        ...code,
        compatibilityFlags: [...code.compatibilityFlags],
        modules: { ...modules },
        env: {},
        globalOutbound: null,
      }));
      return { class: worker.getDurableObjectClass('Engine') };
    });
    const door = facet as unknown as EngineDoor;
    const migrated = await door.migrate('d1');
    if (!migrated.ok) throw new Error(migrated.error.message);
    const { boot } = await door.status();
    return await work({ door, turn: async (...operations) => await door.turn({ boot, deployment: 'd1', operations }) });
  });
}

let requests = 0;
function call(path: string, args = {}): FunctionCall {
  requests++;
  return { path, args: JSON.stringify(args), identity: null, reach: 'public', requestId: `r${requests}` };
}
const ask = (path: string, args = {}): TurnOperation => ({ do: 'query', query: ++requests, call: call(path, args), pinned: false });
const act = (path: string, args = {}): TurnOperation => ({
  do: 'mutation',
  request: { session: null, id: `m${requests}` },
  call: call(path, args),
});

test('a mutation in the facet is seen by the next query', async () => {
  const result = await withEngine('sees', ({ turn }) => turn(act('todos:add', { text: 'a' }), ask('todos:list')));

  expect(result).toMatchObject({
    state: 'done',
    results: [{ outcome: { ok: true } }, { answer: { outcome: { ok: true, value: '["a"]' } } }],
  });
});

test('fetch and timers in a query are refused with the way out', async () => {
  const result = await withEngine('refuses', ({ turn }) => turn(ask('todos:fetches'), ask('todos:waits')));

  const refused = {
    answer: { outcome: { ok: false, error: { code: 'function/not-allowed-here', hint: expect.stringContaining('action') } } },
  };
  expect(result).toMatchObject({ results: [refused, refused] });
});

test('a query that waits for nothing is ended and the rest of the turn runs', async () => {
  const result = await withEngine('pending', ({ turn }) =>
    turn(act('todos:add', { text: 'a' }), ask('todos:pending'), act('todos:add', { text: 'b' }), ask('todos:list')),
  );

  expect(result).toMatchObject({
    results: [
      { outcome: { ok: true } },
      { answer: { outcome: { error: { code: 'function/never-finished' } } } },
      { outcome: { ok: true } },
      { answer: { outcome: { value: '["a","b"]' } } },
    ],
  });
});

test('time stands still in a call, whichever way it is asked for', async () => {
  const result = await withEngine('clock', ({ turn }) => turn(ask('todos:clock')));

  expect(result).toMatchObject({ results: [{ answer: { readClock: true, outcome: { value: '[true,true,true,true]' } } }] });
});

test('chance works and is marked', async () => {
  const result = await withEngine('chance', ({ turn }) => turn(act('todos:chance')));

  expect(result).toMatchObject({ results: [{ outcome: { value: '["number",36,4,2]' } }] });
});

test('what a function prints is kept with its call', async () => {
  const result = await withEngine('prints', ({ turn }) => turn(ask('todos:prints')));

  expect(result).toMatchObject({
    results: [
      {
        answer: {
          report: {
            lines: [
              { level: 'log', text: 'hello {"a":1}' },
              { level: 'error', text: 'oh' },
            ],
          },
        },
      },
    ],
  });
});
