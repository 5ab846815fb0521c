/** The two doors to a system, seen alike: what a lane of work needs is to do a job and look at the items that came back. */
import type { Job } from '../load/driver.ts';
import type { RunningSystem } from '../server/running.ts';
import type { Item } from '../load/driver.ts';

export interface Lane {
  /** The answer's bytes; it was a success. */
  do(job: Job): Promise<Buffer>;
  items(answer: Buffer): readonly Item[];
  close(): Promise<void>;
}

export type Door = 'HTTP' | 'WebSocket';

export async function openLanes(system: RunningSystem, door: Door, count: number): Promise<Lane[]> {
  const { driver } = system;
  if (door === 'HTTP') {
    const connections = await system.connections(count);
    return connections.map((connection) => ({
      do: (job) => system.post(connection, job),
      items: (answer) => driver.items(answer.toString()),
      close: async () => connection.close(),
    }));
  }
  const conversations = await system.conversations(count);
  return conversations.map((conversation) => ({
    do: (job) => conversation.call(job),
    items: (answer) => driver.itemsInFrame(answer.toString()),
    close: () => conversation.close(),
  }));
}

/** Leaves nothing open, on either side, that would count for what comes next. */
export async function closeAll(all: readonly { close(): Promise<void> }[]): Promise<void> {
  await Promise.all(all.map((one) => one.close()));
}
