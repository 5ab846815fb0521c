import { expect, test } from 'vitest';
import { renderAccessDocs } from './access-docs.ts';
import { checkAccessDocs } from './access.ts';
import { withFiles } from './planted.ts';

test('a page that lets somebody do what the code does not, or that is not there, is refused', () => {
  const text = renderAccessDocs();
  const refused = [{ file: 'docs/access.md', text: expect.stringContaining('docs:access') }];
  const row = /\| `DELETE \/admin\/projects\/:project` .*/.exec(text)?.[0] ?? '';

  expect(row).toMatch(/`projects_delete` \| the project in the address \| yes \| yes \| yes \| {2}\|/);
  expect(withFiles({ 'docs/access.md': text }, checkAccessDocs)).toEqual([]);
  expect(withFiles({ 'docs/access.md': text.replace(row, row.replace('yes |  |', 'yes | yes |')) }, checkAccessDocs)).toEqual(refused);
  expect(withFiles({}, checkAccessDocs)).toEqual(refused);
});
