import type { Value } from '@betterbase/core';
import { expect, test } from 'vitest';
import { type Layer, OptimisticLayers, type Truth } from './optimistic-layers.ts';
import { toQueryCall } from './query-call.ts';
import { loading, success } from './query-state.ts';

const list = toQueryCall('todos:list', {});
const count = toQueryCall('todos:count', {});

/** The server's answers, as the test sets them. */
class Fixed implements Truth {
  readonly values = new Map<string, Value>();
  state = (key: string) => (this.values.has(key) ? success(this.values.get(key) ?? null) : loading);
  calls = () => [list, count];
}

const append =
  (text: string): Layer =>
  (results) => {
    const before = results.get(list).data;
    if (Array.isArray(before)) results.set(list, [...before, text]);
  };

test('layers are applied in the order of their mutations, each on what the one below made', () => {
  const truth = new Fixed();
  truth.values.set(list.key, ['a']);
  const layers = new OptimisticLayers<string>();
  layers.push('m1', append('b'), truth);
  layers.push('m2', append('c'), truth);

  expect(layers.state(list.key, truth).data).toEqual(['a', 'b', 'c']);
});

test('a layer that is dropped leaves no trace, and the others are applied to the new truth', () => {
  const truth = new Fixed();
  truth.values.set(list.key, ['a']);
  const layers = new OptimisticLayers<string>();
  layers.push('m1', append('b'), truth);
  layers.push('m2', append('c'), truth);

  truth.values.set(list.key, ['a', 'B']);
  layers.drop(['m1']);
  layers.replay(truth);

  expect(layers.state(list.key, truth).data).toEqual(['a', 'B', 'c']);
  layers.drop(['m2']);
  layers.replay(truth);
  expect(layers.state(list.key, truth)).toEqual(success(['a', 'B']));
  expect(layers.keys()).toEqual([]);
});

test('a guess that comes out as before is the same object', () => {
  const truth = new Fixed();
  truth.values.set(list.key, ['a']);
  const layers = new OptimisticLayers<string>();
  layers.push('m1', append('b'), truth);
  const before = layers.state(list.key, truth);

  truth.values.set(count.key, 7);
  layers.replay(truth);

  expect(layers.state(list.key, truth)).toBe(before);
});

test('a layer that throws at once leaves no trace', () => {
  const truth = new Fixed();
  truth.values.set(list.key, ['a']);
  const layers = new OptimisticLayers<string>();
  const half: Layer = (results) => {
    results.set(list, ['half']);
    throw new Error('no');
  };

  expect(() => layers.push('m1', half, truth)).toThrow('no');
  expect(layers.state(list.key, truth).data).toEqual(['a']);
});

test('a layer that throws on a new truth is gone, and the others stay', () => {
  const truth = new Fixed();
  truth.values.set(list.key, ['a']);
  truth.values.set(count.key, 1);
  const layers = new OptimisticLayers<string>();
  layers.push('m1', append('b'), truth);
  const fragile: Layer = (results) => {
    results.set(count, 99);
    if (JSON.stringify(results.get(list).data) !== '["a","b"]') throw new Error('not my list');
  };
  layers.push('m2', fragile, truth);

  truth.values.set(list.key, ['x']);

  expect(layers.replay(truth)).toEqual([new Error('not my list')]);
  expect(layers.state(list.key, truth).data).toEqual(['x', 'b']);
  expect(layers.state(count.key, truth).data).toBe(1);
});

test('a query set to undefined shows as loading', () => {
  const truth = new Fixed();
  truth.values.set(list.key, ['a']);
  const layers = new OptimisticLayers<string>();
  layers.push('m1', (results) => results.set(list, undefined), truth);

  expect(layers.state(list.key, truth)).toEqual(loading);
});

test('a layer finds every query of a function, those that only a guess knows included', () => {
  const truth = new Fixed();
  const layers = new OptimisticLayers<string>();
  const other = toQueryCall('todos:list', { done: true });
  layers.push('m1', (results) => results.set(other, []), truth);
  let found: readonly string[] = [];
  layers.push(
    'm2',
    (results) => {
      found = results.calls('todos:list').map(({ key }) => key);
    },
    truth,
  );

  expect(found).toEqual([list.key, other.key]);
});
