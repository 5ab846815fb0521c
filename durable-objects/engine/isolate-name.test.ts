import { expect, test } from 'vitest';
import { isolateName } from './isolate-name.ts';

test('isolates of other projects, deployments, roles or runtimes have other names', () => {
  const edge = { project: 'a', deployment: 'd', role: 'edge' } as const;
  const names = [
    isolateName(edge, 'runtime 1'),
    isolateName(edge, 'runtime 2'),
    isolateName({ ...edge, project: 'b' }, 'runtime 1'),
    isolateName({ ...edge, deployment: 'e' }, 'runtime 1'),
    isolateName({ ...edge, role: 'engine' }, 'runtime 1'),
  ];

  expect(new Set(names).size).toBe(names.length);
  expect(isolateName(edge, 'runtime 1')).toBe(names[0]);
});
