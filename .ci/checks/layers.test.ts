import { describe, expect, test } from 'vitest';
import { checkLayers } from './layers.ts';
import { withFiles } from './planted.ts';

const manifests = {
  'package.json': '{ "dependencies": { "hono": "1" }, "devDependencies": { "vitest": "1" } }',
  'packages/core/package.json': '{ "dependencies": { "zod": "1" } }',
  'packages/protocol/package.json': '{ "dependencies": { "@betterbase/core": "1" } }',
  'packages/engine/package.json': '{ "dependencies": { "@betterbase/core": "1", "@betterbase/protocol": "1" } }',
  'packages/client/package.json': '{ "dependencies": { "@betterbase/core": "1" } }',
};

function problemsIn(file: string, text: string): readonly string[] {
  return withFiles({ ...manifests, [file]: text }, checkLayers).map((problem) => problem.text);
}

describe('what may be imported', () => {
  test.each([
    ['packages/engine/src/a.ts', `import { v } from '@betterbase/core';`],
    ['packages/engine/src/a.ts', `import { b } from './b.ts'; export * from '../c.ts';`],
    ['packages/core/src/a.ts', `import { z } from 'zod';`],
    ['packages/engine/src/a.test.ts', `import { world } from '@betterbase/testing'; import { test } from 'vitest';`],
    [
      'workers/gateway/app.ts',
      `import type { ProjectObject } from '../../durable-objects/project/project-object.ts'; import { Hono } from 'hono';`,
    ],
    ['workers/gateway/index.ts', `export { ProjectObject } from '../../durable-objects/project/project-object.ts';`],
    ['durable-objects/project/a.ts', `import { DurableObject } from 'cloudflare:workers'; import { run } from '@betterbase/engine';`],
    ['packages/react/vite.config.ts', `import { join } from 'node:path'; import { defineConfig } from 'vitest';`],
  ])('%s: %s', (file, text) => {
    expect(problemsIn(file, text)).toEqual([]);
  });
});

describe('what may not', () => {
  test.each([
    [
      'an import upwards',
      'packages/core/src/a.ts',
      `import { run } from '@betterbase/engine';`,
      'core may not import engine. It sees: nothing.',
    ],
    [
      'a type from above',
      'packages/core/src/a.ts',
      `import type { Run } from '@betterbase/engine';`,
      'core may not import engine. It sees: nothing.',
    ],
    [
      'a re-export from above',
      'packages/protocol/src/a.ts',
      `export * from '@betterbase/engine';`,
      'protocol may not import engine. It sees: core.',
    ],
    [
      'an import() from above',
      'packages/protocol/src/a.ts',
      `await import('@betterbase/engine');`,
      'protocol may not import engine. It sees: core.',
    ],
    [
      'an import() type from above',
      'packages/protocol/src/a.ts',
      `type Run = import('@betterbase/engine').Run;`,
      'protocol may not import engine. It sees: core.',
    ],
    [
      'a neighbour by path',
      'packages/engine/src/a.ts',
      `import { v } from '../../core/src/v.ts';`,
      'reaches into another package by path. Write @betterbase/core.',
    ],
    [
      'a neighbour by path in a test',
      'packages/engine/src/a.test.ts',
      `import { v } from '../../core/src/v.ts';`,
      'reaches into another package by path. Write @betterbase/core.',
    ],
    [
      'a package by path from a folder',
      'workers/gateway/app.ts',
      `import { v } from '../../packages/core/src/v.ts';`,
      'reaches into another package by path. Write @betterbase/core.',
    ],
    [
      'a value of a Durable Object in a Worker',
      'workers/gateway/app.ts',
      `import { ProjectObject } from '../../durable-objects/project/project-object.ts';`,
      'workers may import types of durable-objects only. Write `import type`.',
    ],
    [
      'a Worker in a Durable Object',
      'durable-objects/a.ts',
      `import '../workers/b.ts';`,
      expect.stringContaining('durable-objects may not import workers'),
    ],
    [
      'a platform in the engine',
      'packages/engine/src/a.ts',
      `import 'cloudflare:workers';`,
      'engine is free of platforms and imports cloudflare:workers.',
    ],
    [
      'Node in the client',
      'packages/client/src/a.ts',
      `import { join } from 'node:path';`,
      'client is free of platforms and imports node:path.',
    ],
    [
      'a package nobody asked for',
      'packages/core/src/a.ts',
      `import 'hono/jsx';`,
      'imports hono, which packages/core/package.json does not name.',
    ],
    [
      'a room the table lets in but the manifest does not name',
      'packages/client/src/a.ts',
      `import '@betterbase/protocol';`,
      'imports @betterbase/protocol, which packages/client/package.json does not name.',
    ],
    ['code outside of every room', 'packages/new/src/a.ts', '', expect.stringContaining('is in no room')],
  ])('%s', (_, file, text, problem) => {
    expect(problemsIn(file, text)).toEqual([problem]);
  });
});

test('a problem names file and line', () => {
  const text = `import { v } from '@betterbase/core';\n\nimport { run } from '@betterbase/engine';\n`;

  const problems = withFiles({ ...manifests, 'packages/protocol/src/a.ts': text }, checkLayers);

  expect(problems).toMatchObject([{ file: 'packages/protocol/src/a.ts', line: 3 }]);
});
