import { expect, test } from 'vitest';
import { numberedParameters } from './numbered-parameters.ts';

test.each([
  ['SELECT 1', 'SELECT 1'],
  ['SELECT ?, ?::jsonb WHERE a = ?', 'SELECT $1, $2::jsonb WHERE a = $3'],
  ["SELECT '?', 'it''s ?', ?", "SELECT '?', 'it''s ?', $1"],
  ["SELECT E'\\'?', ?", "SELECT E'\\'?', $1"],
  ["SELECT '\\', ?, '?'", "SELECT '\\', $1, '?'"],
  ['SELECT "a?""b?", ?', 'SELECT "a?""b?", $1'],
  ['SELECT ? -- why?\n, ?', 'SELECT $1 -- why?\n, $2'],
  ['SELECT /* ? */ ?', 'SELECT /* ? */ $1'],
  ['SELECT $$?$$, $body$ ? $$ ? $body$, ?', 'SELECT $$?$$, $body$ ? $$ ? $body$, $1'],
])('%s', (given, numbered) => {
  expect(numberedParameters(given)).toBe(numbered);
});
