import { expect, test } from 'vitest';
import { speaksOfAnother } from './speaks-of-another.ts';

test.each([
  ['{"level":"error","message":"A call to the engine was lost.","project":"chat-turso"}', true],
  ['{"level":"error","message":"A call to the engine was lost.","project":"chat"}', false],
  ['{"level":"error","message":"Of the whole installation."}', false],
  ['{ no JSON', false],
  ['chat-turso', false],
])('%s', (line, is) => {
  expect(speaksOfAnother(line, 'chat')).toBe(is);
});
