/** What one write costs in storage rows, indexes and bookkeeping included: Cloudflare bills them. */
import { choices, freshText, pick } from './data.ts';
import { openLanes } from './door.ts';
import type { Subject, Workload } from './workload.ts';
import { newItem } from './write.ts';
import type { Job } from '../load/driver.ts';

const operations = 20;

export const rowsWritten: Workload = {
  name: 'rows-written',
  mostRounds: 1,
  async run(subject) {
    const choose = choices(6);
    return {
      'Rows written, insert': { rows: await rowsPer(subject, newItem) },
      'Rows written, patch': {
        rows: await rowsPer(subject, () => ({
          do: 'change',
          id: pick(subject.data.spare, choose(subject.data.spare.length)),
          text: freshText('Counted'),
        })),
      },
    };
  },
};

async function rowsPer({ system }: Subject, job: (number: number) => Job): Promise<number> {
  const [counter] = await system.connections(1);
  const [lane] = await openLanes(system, 'HTTP', 1);
  if (counter === undefined || lane === undefined) throw new Error('There is no connection.');
  const rows = await system.driver.rowsWritten(counter, async () => {
    for (let number = 0; number < operations; number++) await lane.do(job(number));
  });
  counter.close();
  await lane.close();
  return rows / operations;
}
