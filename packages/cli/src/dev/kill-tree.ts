import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends a process that leads its own group, and everything in the group, at once. */
export function killTree(pid: number): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
    return;
  }
  signalGroup(pid, 'SIGKILL');
}

const patienceWithZombies = 1000;

/**
 * Resolves when nothing of a killed group runs any more. Only then its ports are free.
 *
 * What has ended stays in its group until its parent asks how. For those without one that is the machine's first process, which in
 * some containers takes long, or never does: they are not waited for for ever.
 *
 * @param ended of the process that leads it
 */
export async function treeEnded(pid: number, ended: Promise<void>): Promise<void> {
  await ended;
  if (process.platform === 'win32') return;
  const deadline = performance.now() + patienceWithZombies;
  while (signalGroup(pid, 0) && performance.now() < deadline) await sleep(5);
}

/** Whether there was anybody to hear it. */
function signalGroup(pid: number, signal: 'SIGKILL' | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: all of it has ended already.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
}
