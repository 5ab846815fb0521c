import { expect, test } from 'vitest';
import runtime from '../../durable-objects/engine/dist/runtime.txt';

test('a .txt file is a module of text, as in the deployed Worker', () => {
  expect(runtime).toContain('createEngine');
});
