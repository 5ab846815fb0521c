import { expect, test, vi } from 'vitest';
import { createApp } from './app.ts';
import { projectDoors } from './test/project-doors.ts';

vi.mock('cloudflare:workers', () => ({ RpcTarget: class {}, WorkerEntrypoint: class {}, DurableObject: class {} }));

test('every door of a project is asked by the journey of isolation', () => {
  const served = createApp()
    .routes.filter(({ path }) => path.startsWith('/p/') && path !== '/p/*')
    .map(({ method, path }) => `${method} ${path}`);

  expect(served.sort()).toEqual([...projectDoors].sort());
});
