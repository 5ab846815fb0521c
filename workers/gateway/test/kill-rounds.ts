import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { KillablePlatform } from './killable-platform.ts';

const writers = 8;

/**
 * Ends the server with SIGKILL while clients write, starts it again, sends what was not answered once more, and compares:
 * everything that was acknowledged is there, and nothing is there twice.
 *
 * @param pauses ms from the start of a round to the kill, one for each round
 * @returns how many writes were acknowledged
 */
export async function killRounds(platform: KillablePlatform, list: string, pauses: readonly number[]): Promise<number> {
  const acknowledged: string[] = [];
  const add = (text: string) =>
    platform.post('/p/app/api/mutation', { path: 'items:add', args: { list, text } }, { 'idempotency-key': `${list}-${text}` });
  let next = 0;
  for (const [round, untilKill] of pauses.entries()) {
    const unanswered = new Set<string>();
    let isKilled = false;
    const write = async (): Promise<void> => {
      while (!isKilled) {
        const text = String(next++);
        unanswered.add(text);
        const answer = await add(text).catch(() => null);
        if (answer?.body.status !== 'success') return;
        acknowledged.push(text);
        unanswered.delete(text);
      }
    };
    const writing = Array.from({ length: writers }, write);
    await pause(untilKill);
    isKilled = true;
    await platform.kill();
    await Promise.all(writing);
    await platform.start();

    for (const text of [...unanswered, ...acknowledged.slice(-3)]) {
      expect((await add(text)).body.status, `round ${round}`).toBe('success');
      if (unanswered.has(text)) acknowledged.push(text);
    }
    const stored: string[] = (await platform.post('/p/app/api/query', { path: 'items:list', args: { list } })).body.value;
    expect(new Set(stored).size, `round ${round}: nothing twice`).toBe(stored.length);
    expect([...stored].sort(), `round ${round}: nothing lost`).toEqual([...acknowledged].sort());
  }
  return acknowledged.length;
}
