/**
 * Queries of one list, many at once: first with every list changed since anybody looked, then again and again with (almost)
 * nothing written. During the second part a writer changes a list now and then, and its change must be in the next answer.
 */
import { closedLoop } from '../load/closed-loop.ts';
import { Stopwatch, timed } from '../measure/figures.ts';
import { choices, type Data, freshText, listName, pick } from './data.ts';
import { type Door, type Lane, closeAll, openLanes } from './door.ts';
import type { Scale } from './scale.ts';
import type { Workload } from './workload.ts';

export const httpQuery = queryWorkload('HTTP');
export const socketQuery = queryWorkload('WebSocket');

const writerPauseMilliseconds = 100;

function queryWorkload(door: Door): Workload {
  return {
    name: `${door.toLowerCase()}-query`,
    async run({ system, data }, scale) {
      const lanes = await openLanes(system, door, scale.lanes);
      await changeEveryList(lanes, data, scale);
      const first = await timed(system.server, scale.lists, (stopwatch) =>
        closedLoop(lanes, scale.lists, stopwatch, (lane, number) => queryList(lane, number, scale)),
      );

      const [writer] = await openLanes(system, door, 1);
      if (writer === undefined) throw new Error('There is no writer.');
      const list = choices(1);
      const repeated = await timed(system.server, scale.repeatedQueries, async (stopwatch) => {
        const done = new AbortController();
        const writing = changeNowAndThen(writer, data, done.signal);
        await closedLoop(lanes, scale.repeatedQueries, stopwatch, (lane, number) =>
          queryList(lane, list(scale.lists), scale, number % 500 === 0),
        );
        done.abort();
        await writing;
      });

      await closeAll([...lanes, writer]);
      return { [`${door} query, first run`]: first, [`${door} query, repeated`]: repeated };
    },
  };
}

async function queryList(lane: Lane, number: number, scale: Scale, look = false): Promise<void> {
  const answer = await lane.do({ do: 'query', list: listName(number) });
  if (look && lane.items(answer).length !== scale.rowsPerList) throw new Error(`An answer does not hold ${scale.rowsPerList} items.`);
}

async function changeEveryList(lanes: readonly Lane[], data: Data, scale: Scale): Promise<void> {
  await closedLoop(lanes, scale.lists, new Stopwatch(scale.lists), (lane, number) =>
    lane.do({ do: 'change', id: pick(pick(data.lists, number), 0), text: freshText('Changed') }),
  );
}

/** @throws if a query that starts after a change was acknowledged does not show it. */
async function changeNowAndThen(writer: Lane, data: Data, until: AbortSignal): Promise<void> {
  const choose = choices(2);
  do {
    const number = choose(data.lists.length);
    const text = freshText('A change that must appear');
    await writer.do({ do: 'change', id: pick(pick(data.lists, number), 1), text });
    const answer = await writer.do({ do: 'query', list: listName(number) });
    if (!writer.items(answer).some((item) => item.text === text)) throw new Error('An answer is older than an acknowledged change.');
    await new Promise((resolve) => setTimeout(resolve, writerPauseMilliseconds));
  } while (!until.aborted);
}
