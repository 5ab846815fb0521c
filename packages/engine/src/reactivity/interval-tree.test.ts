import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type IntervalNode, IntervalTree } from './interval-tree.ts';

function stabbed(tree: IntervalTree, key: string): number[] {
  const hits: number[] = [];
  tree.stab(key, (owner) => hits.push(owner));
  return hits.sort((a, b) => a - b);
}

test('an interval contains its lower end and not its upper end', () => {
  const tree = new IntervalTree();
  tree.add('b', 'd', 1);

  expect(stabbed(tree, 'a')).toEqual([]);
  expect(stabbed(tree, 'b')).toEqual([1]);
  expect(stabbed(tree, 'c')).toEqual([1]);
  expect(stabbed(tree, 'd')).toEqual([]);
});

test('an empty interval is never hit', () => {
  const tree = new IntervalTree();
  tree.add('b', 'b', 1);
  tree.add('c', 'a', 2);

  for (const key of ['a', 'b', 'c']) expect(stabbed(tree, key)).toEqual([]);
});

test('removing one of two equal intervals leaves the other', () => {
  const tree = new IntervalTree();
  const first = tree.add('a', 'c', 1);
  tree.add('a', 'c', 2);

  tree.remove(first);

  expect(stabbed(tree, 'b')).toEqual([2]);
});

test('whatever is added and removed, a stab finds exactly the intervals that contain the key', () => {
  const key = fc.stringMatching(/^[a-e]{0,3}$/);
  const step = fc.oneof(fc.record({ add: fc.tuple(key, key) }), fc.record({ remove: fc.nat(50) }), fc.record({ stab: key }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const tree = new IntervalTree();
      const held: IntervalNode[] = [];
      for (const [owner, each] of steps.entries()) {
        if ('add' in each) held.push(tree.add(each.add[0], each.add[1], owner));
        else if ('remove' in each) {
          const [node] = held.splice(each.remove % Math.max(held.length, 1), 1);
          if (node !== undefined) tree.remove(node);
        } else {
          const expected = held.filter(({ lower, upper }) => lower <= each.stab && each.stab < upper).map(({ owner: by }) => by);
          expect(stabbed(tree, each.stab)).toEqual(expected);
        }
      }
      expect(tree.isEmpty).toBe(held.length === 0);
    }),
  );
});
