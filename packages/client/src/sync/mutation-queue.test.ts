import { expect, test } from 'vitest';
import { MutationQueue } from './mutation-queue.ts';

function call(path: string) {
  return { path, args: {} };
}

const [a, b, c] = [call('m:a'), call('m:b'), call('m:c')];

test('mutations are numbered in order, when they are sent', () => {
  const queue = new MutationQueue();
  queue.add(a);
  queue.add(b);

  expect(queue.flush()).toEqual([
    { type: 'mutation', id: 1, path: 'm:a', args: {} },
    { type: 'mutation', id: 2, path: 'm:b', args: {} },
  ]);
  expect(queue.flush()).toEqual([]);
});

test('what was sent and not answered is sent again under the same ids, before what was waiting', () => {
  const queue = new MutationQueue();
  queue.add(a);
  queue.add(b);
  queue.flush();
  queue.finish(1);
  queue.add(c);
  queue.restart();

  expect(queue.flush()).toEqual([
    { type: 'mutation', id: 2, path: 'm:b', args: {} },
    { type: 'mutation', id: 3, path: 'm:c', args: {} },
  ]);
  expect(queue.flush()).toEqual([]);
});

test('an outcome counts once', () => {
  const queue = new MutationQueue();
  queue.add(a);
  queue.flush();

  expect(queue.finish(1)).toBe(a);
  expect(queue.finish(1)).toBeUndefined();
});

test('finished is the id up to which nothing is missing', () => {
  const queue = new MutationQueue();
  for (const mutation of [a, b, c]) queue.add(mutation);
  queue.flush();

  expect(queue.finished).toBe(0);
  queue.finish(2);
  expect(queue.finished).toBe(0);
  queue.finish(1);
  expect(queue.finished).toBe(2);
  queue.finish(3);
  expect(queue.finished).toBe(3);
});

test('when a session ends, what was sent is lost and what was waiting is numbered anew', () => {
  const queue = new MutationQueue();
  queue.add(a);
  queue.flush();
  queue.add(b);

  expect(queue.expire()).toEqual([a]);
  expect(queue.flush()).toEqual([{ type: 'mutation', id: 1, path: 'm:b', args: {} }]);
});

test('catching up ends with the last outcome of what was sent before', () => {
  const queue = new MutationQueue();
  queue.add(a);
  queue.add(b);
  queue.flush();
  expect(queue.isCatchingUp).toBe(false);
  queue.restart();
  queue.add(c);
  queue.flush();

  queue.finish(1);
  expect(queue.isCatchingUp).toBe(true);
  queue.finish(2);
  expect(queue.isCatchingUp).toBe(false);
});

test('no more than 500 are under way; the others follow as outcomes arrive', () => {
  const queue = new MutationQueue();
  for (let index = 0; index < 502; index += 1) queue.add(a);

  expect(queue.flush()).toHaveLength(500);
  expect(queue.flush()).toEqual([]);
  queue.finish(7);
  expect(queue.flush()).toMatchObject([{ id: 501 }]);
  expect(queue.size).toBe(501);
});
