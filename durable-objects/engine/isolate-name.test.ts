import { expect, test } from 'vitest';
import { type IsolateRole, isolateName } from './isolate-name.ts';

test('isolates of other projects, deployments, environments, roles or runtimes have other names', () => {
  const edge: IsolateRole = { project: 'a', code: { deployment: 'd', environment: 1 }, role: 'edge' };
  const names = [
    isolateName(edge, 'runtime 1'),
    isolateName(edge, 'runtime 2'),
    isolateName({ ...edge, project: 'b' }, 'runtime 1'),
    isolateName({ ...edge, code: { deployment: 'e', environment: 1 } }, 'runtime 1'),
    isolateName({ ...edge, code: { deployment: 'd', environment: 2 } }, 'runtime 1'),
    isolateName({ ...edge, role: 'engine' }, 'runtime 1'),
  ];

  expect(new Set(names).size).toBe(names.length);
  expect(isolateName(edge, 'runtime 1')).toBe(names[0]);
});
