import { expect, test } from 'vitest';
import { checkDocLinks } from './doc-links.ts';
import { withFiles } from './planted.ts';

const other = '# Other\n\n## What a `bb` does\n';

test.each([
  ['a document that is not there', '[x](gone.md)', 'gone.md leads nowhere'],
  ['a heading that is not there', '[x](other.md#what-it-does)', 'docs/other.md has no heading #what-it-does'],
  ['a heading of its own that is not there', '[x](#nowhere)', 'docs/one.md has no heading #nowhere'],
  ['a place of the repository that is not there', 'See `packages/core/src/gone.ts`.', '`packages/core/src/gone.ts` is not there'],
])('%s is found, with its line', (_, text, problem) => {
  expect(withFiles({ 'docs/one.md': `# One\n\n${text}\n`, 'docs/other.md': other }, checkDocLinks)).toEqual([
    { file: 'docs/one.md', line: 3, text: expect.stringContaining(problem) },
  ]);
});

test('what is there is fine, and so is what is elsewhere', () => {
  const text = '# One\n[a](other.md#what-a-bb-does) [b](#one) [c](https://example.com/x.md) `packages/core/src/there.ts` `packages/`\n';

  expect(withFiles({ 'docs/one.md': text, 'docs/other.md': other, 'packages/core/src/there.ts': '' }, checkDocLinks)).toEqual([]);
});
