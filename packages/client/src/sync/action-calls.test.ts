import { expect, test } from 'vitest';
import { ActionCalls } from './action-calls.ts';

const [a, b] = ['a:a', 'a:b'].map((path) => ({ path, args: {} }));

test('an action is sent once; what was sent is lost with the connection, what was waiting is not', () => {
  const actions = new ActionCalls();
  actions.add(a ?? expect.unreachable());
  expect(actions.flush()).toEqual([{ type: 'action', id: 1, path: 'a:a', args: {} }]);
  actions.add(b ?? expect.unreachable());

  expect(actions.lose()).toEqual([a]);
  expect(actions.flush()).toEqual([{ type: 'action', id: 2, path: 'a:b', args: {} }]);
  expect(actions.finish(1)).toBeUndefined();
  expect(actions.finish(2)).toBe(b);
});
