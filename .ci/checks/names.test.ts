import { expect, test } from 'vitest';
import { checkNames } from './names.ts';
import { withFiles } from './planted.ts';

test.each([
  ['a folder nobody agreed on', 'scripts/build.ts', 'scripts', 'does not belong at the top of the repository.'],
  ['a file called after nothing', 'packages/core/src/utils.ts', 'packages/core/src/utils.ts', 'is called after nothing.'],
  ['its test', 'packages/core/src/helpers.test.ts', 'packages/core/src/helpers.test.ts', 'is called after nothing.'],
  ['a folder called after nothing', 'workers/common/a.ts', 'workers/common/a.ts', 'is called after nothing.'],
])('%s is refused', (_, path, file, text) => {
  expect(withFiles({ [path]: '' }, checkNames)).toEqual([{ file, text: expect.stringContaining(text) }]);
});

test('the names we agreed on are fine', () => {
  expect(withFiles({ 'packages/core/src/read-set.ts': '', '.ci/run': '', 'README.md': '' }, checkNames)).toEqual([]);
});
