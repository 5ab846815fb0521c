/** Inserts and patches that nobody watches, many at once; and inserts one at a time. */
import type { Job } from '../load/driver.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { timed } from '../measure/figures.ts';
import { choices, freshText, pick } from './data.ts';
import { type Door, closeAll, openLanes } from './door.ts';
import type { Workload } from './workload.ts';

export const httpWrite = writeWorkload('HTTP');
export const socketWrite = writeWorkload('WebSocket');

function writeWorkload(door: Door): Workload {
  return {
    name: `${door.toLowerCase()}-write`,
    async run({ system, data }, scale) {
      const lanes = await openLanes(system, door, scale.lanes);
      const insert = await timed(system.server, scale.writes, (stopwatch) =>
        closedLoop(lanes, scale.writes, stopwatch, (lane, number) => lane.do(newItem(number))),
      );
      const choose = choices(3);
      const patch = await timed(system.server, scale.writes, (stopwatch) =>
        closedLoop(lanes, scale.writes, stopwatch, (lane) =>
          lane.do({ do: 'change', id: pick(pick(data.lists, choose(scale.lists)), choose(scale.rowsPerList)), text: freshText('Patched') }),
        ),
      );
      const single = lanes.slice(0, 1);
      const alone = await timed(system.server, scale.serialWrites, (stopwatch) =>
        closedLoop(single, scale.serialWrites, stopwatch, (lane, number) => lane.do(newItem(number))),
      );
      await closeAll(lanes);
      return { [`${door} insert`]: insert, [`${door} patch`]: patch, [`${door} insert, one at a time`]: alone };
    },
  };
}

/** Goes to lists of its own, so that the queried ones keep their size. */
export function newItem(number: number): Job {
  return {
    do: 'add',
    list: `inbox-${number % 1000}`,
    text: `A new item, number ${number}, as people write them`,
    position: number,
    author: 'somebody',
  };
}
