import { expect, test } from 'vitest';
import { toQueryCall } from './query-call.ts';
import { Subscriptions } from './subscriptions.ts';

const todos = toQueryCall('todos:list', { owner: 'ann', done: false });
const users = toQueryCall('users:list', {});
const noHash = () => ({});

test('a query wished for twice is asked for once', () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(todos);
  subscriptions.add(toQueryCall('todos:list', { done: false, owner: 'ann' }));

  expect(subscriptions.flush(noHash)).toEqual({
    type: 'watch',
    add: [{ id: 1, path: 'todos:list', args: { owner: 'ann', done: false } }],
    remove: [],
  });
  expect(subscriptions.flush(noHash)).toBeNull();
});

test('wishes made in one go are told in one message', () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(todos);
  subscriptions.flush(noHash);
  subscriptions.add(users);
  subscriptions.drop(todos.key);

  expect(subscriptions.flush(noHash)).toEqual({ type: 'watch', add: [{ id: 2, path: 'users:list', args: {} }], remove: [1] });
});

test('a wish that ends before it was told is never told', () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(todos);
  subscriptions.drop(todos.key);

  expect(subscriptions.flush(noHash)).toBeNull();
});

test('an id is never given to another wish', () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(todos);
  subscriptions.flush(noHash);
  subscriptions.drop(todos.key);
  subscriptions.add(todos);

  expect(subscriptions.flush(noHash)).toMatchObject({ add: [{ id: 2 }], remove: [1] });
  expect(subscriptions.keyOf(1)).toBeUndefined();
  expect(subscriptions.keyOf(2)).toBe(todos.key);
});

test('a refreshed query is asked again under a new id', () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(todos);
  subscriptions.flush(noHash);
  subscriptions.refresh(todos.key);

  expect(subscriptions.flush(() => ({ hash: 'h1' }))).toMatchObject({ add: [{ id: 2, hash: 'h1' }], remove: [1] });
});

test('after a restart everything is told again, with hash and journal of the answers held, and nothing is taken back', () => {
  const subscriptions = new Subscriptions();
  subscriptions.add(todos);
  subscriptions.add(users);
  subscriptions.flush(noHash);
  subscriptions.drop(users.key);
  subscriptions.restart();

  expect(subscriptions.flush((key) => (key === todos.key ? { hash: 'h7', journal: 'j7' } : {}))).toEqual({
    type: 'watch',
    add: [{ id: 1, path: 'todos:list', args: { owner: 'ann', done: false }, hash: 'h7', journal: 'j7' }],
    remove: [],
  });
});
