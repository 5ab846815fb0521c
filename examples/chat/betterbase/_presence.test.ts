import type { Value } from '@betterbase/core';
import { mutationOutcome, TestEngine, testStore, valueOf } from '@betterbase/testing/world';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as channels from './mutations/channels';
import * as members from './mutations/members';
import * as membersQueries from './queries/members';
import schema from './schema';

const ada = { key: 'ada', secret: 'of ada' };
const ben = { key: 'ben', secret: 'of ben' };

let engine: TestEngine;
let channel: Value;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
  const modules = { 'mutations/channels': channels, 'mutations/members': members, 'queries/members': membersQueries };
  engine = await TestEngine.start({ app: { modules, schema }, store: testStore() });
  channel = await open('general');
});

afterEach(() => {
  vi.useRealTimers();
});

test('a person with two tabs open counts once, until the last of them is closed', async () => {
  await join(ada, 'tab 1');
  await join(ada, 'tab 2');
  expect(await here()).toEqual(['ada']);

  await call('mutations/members:leave', { tab: 'tab 1' });
  expect(await here()).toEqual(['ada']);

  await call('mutations/members:leave', { tab: 'tab 2' });
  expect(await here()).toEqual([]);
});

test('the first faces are those who came first', async () => {
  await join(ben, 'tab 1');
  await join(ada, 'tab 2');

  expect(await here()).toEqual(['ben', 'ada']);
});

test('a tab that goes to another channel is counted there and no longer here', async () => {
  await join(ada, 'tab 1');
  const other = await open('other');

  await join(ada, 'tab 1', other);

  expect(await here()).toEqual([]);
  expect(await here(other)).toEqual(['ada']);
});

test("a tab that has said nothing for a minute and a half is dropped by another's heartbeat", async () => {
  await join(ada, 'tab 1');
  await join(ben, 'tab 2');

  vi.advanceTimersByTime(89_000);
  expect(await call('mutations/members:heartbeat', { tab: 'tab 2' })).toBe(true);
  expect(await here()).toEqual(['ada', 'ben']);

  vi.advanceTimersByTime(2000);
  expect(await call('mutations/members:heartbeat', { tab: 'tab 2' })).toBe(true);
  expect(await here()).toEqual(['ben']);
});

test('a dropped tab is told so, and counts again when it joins again', async () => {
  await join(ada, 'tab 1');
  vi.advanceTimersByTime(100_000);
  await join(ben, 'tab 2');

  expect(await call('mutations/members:heartbeat', { tab: 'tab 1' })).toBe(false);
  await join(ada, 'tab 1');

  expect(await here()).toEqual(['ben', 'ada']);
});

test("a heartbeat runs nobody's count again", async () => {
  await join(ada, 'tab 1');
  const count = { do: 'query', query: 1, call: engine.call('queries/members:here', { channel }), pinned: false } as const;

  const beating = await engine.turn([count, engine.mutationOperation('mutations/members:heartbeat', { tab: 'tab 1' })]);
  const leaving = await engine.turn([engine.mutationOperation('mutations/members:leave', { tab: 'tab 1' })]);

  expect(mutationOutcome(beating.results[1])).toMatchObject({ ok: true });
  expect(beating.stale).toEqual([]);
  expect(leaving.stale).toEqual([1]);
});

test("knowing somebody's public key is not being them", async () => {
  await join(ada, 'tab 1');

  await expect(join({ ...ada, secret: 'guessed' }, 'tab 2')).rejects.toThrow('That name belongs to another browser.');
});

async function call(path: string, args: Value): Promise<Value> {
  return valueOf(await engine.mutation(path, args));
}

async function open(name: string): Promise<Value> {
  return field(await call('mutations/channels:create', { name }), 'id');
}

async function join(me: { key: string; secret: string }, tab: string, where = channel): Promise<void> {
  await call('mutations/members:join', { me, name: me.key, channel: where, tab });
}

/** The keys of those who are shown, after a check that they are all who are counted. */
async function here(where = channel): Promise<readonly Value[]> {
  const members = valueOf(await engine.query('queries/members:here', { channel: where }));
  const first = field(members, 'first');
  if (!Array.isArray(first)) throw new Error('first is a list.');
  expect(field(members, 'count')).toBe(first.length);
  return first.map((person: Value) => field(person, 'key'));
}

function field(value: Value, name: string): Value {
  const found = Object.entries(value ?? {}).find(([key]) => key === name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  const [, inner]: [string, Value] = found;
  return inner;
}
