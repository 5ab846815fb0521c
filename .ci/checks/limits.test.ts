import { expect, test } from 'vitest';
import { renderLimitDocs } from './limit-docs.ts';
import { checkLimitDocs } from './limits.ts';
import { withFiles } from './planted.ts';

test('a page that says another number than the code, or none at all, is refused', () => {
  const text = renderLimitDocs();
  const refused = [{ file: 'docs/limits.md', text: expect.stringContaining('docs:limits') }];

  expect(withFiles({ 'docs/limits.md': text }, checkLimitDocs)).toEqual([]);
  expect(withFiles({ 'docs/limits.md': text.replace('32,000', '31,000') }, checkLimitDocs)).toEqual(refused);
  expect(withFiles({}, checkLimitDocs)).toEqual(refused);
});
