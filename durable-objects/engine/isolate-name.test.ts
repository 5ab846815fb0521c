import { expect, test } from 'vitest';
import { type IsolateRole, isolateName } from './isolate-name.ts';

test('isolates of other projects, deployments, environments, roles or runtimes have other names', () => {
  const edge: IsolateRole = { project: 'a', code: { deployment: 'd', environment: 1 }, role: 'edge' };
  const names = [
    isolateName(edge, { print: '1' }),
    isolateName(edge, { print: '2' }),
    isolateName({ ...edge, project: 'b' }, { print: '1' }),
    isolateName({ ...edge, code: { deployment: 'e', environment: 1 } }, { print: '1' }),
    isolateName({ ...edge, code: { deployment: 'd', environment: 2 } }, { print: '1' }),
    isolateName({ ...edge, role: 'engine' }, { print: '1' }),
  ];

  expect(new Set(names).size).toBe(names.length);
  expect(isolateName(edge, { print: '1' })).toBe(names[0]);
});
