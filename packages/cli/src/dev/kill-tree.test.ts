import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { killTree, treeEnded } from './kill-tree.ts';

test('a group is over soon after it was killed, also where nobody asks how its members ended', async () => {
  const leader = spawn('sh', ['-c', 'sleep 60 & echo started; sleep 60'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(leader.stdout, 'data');
  const startedAt = performance.now();

  killTree(leader.pid ?? 0);
  await treeEnded(
    leader.pid ?? 0,
    once(leader, 'exit').then(() => {}),
  );

  expect(performance.now() - startedAt).toBeLessThan(3000);
});
