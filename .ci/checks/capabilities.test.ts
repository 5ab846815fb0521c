import { expect, test } from 'vitest';
import { checkCapabilityDocs } from './capabilities.ts';
import { renderCapabilityDocs } from './capability-docs.ts';
import { withFiles } from './planted.ts';

test('a page that promises more than the code, or nothing at all, is refused', () => {
  const text = renderCapabilityDocs();
  const refused = [{ file: 'docs/capabilities.md', text: expect.stringContaining('docs:capabilities') }];

  expect(withFiles({ 'docs/capabilities.md': text }, checkCapabilityDocs)).toEqual([]);
  expect(withFiles({ 'docs/capabilities.md': text.replace('**no**', 'yes') }, checkCapabilityDocs)).toEqual(refused);
  expect(withFiles({}, checkCapabilityDocs)).toEqual(refused);
});
