/** Many watchers of one query: from sending a change to the last watcher having it. */
import { type Figures, timed } from '../measure/figures.ts';
import { freshText, listName, pick } from './data.ts';
import { closeAll, openLanes } from './door.ts';
import type { Workload } from './workload.ts';

export const fanOut: Workload = {
  name: 'fan-out',
  mostRounds: 3,
  async run({ system, data }, scale) {
    const [writer] = await openLanes(system, 'WebSocket', 1);
    if (writer === undefined) throw new Error('There is no writer.');
    const watchers = await system.conversations(scale.watchers);
    let marker = '';
    let missing = 0;
    let allHaveIt = (): void => {};
    const look = (frame: Buffer): void => {
      // Only a frame with the newest text counts: one with an older text is an update that came late.
      if (!frame.includes(marker)) return;
      missing -= 1;
      if (missing === 0) allHaveIt();
    };
    await Promise.all(watchers.map((watcher) => watcher.watch(listName(0), look)));

    const figures: Figures = await timed(system.server, scale.updates, async (stopwatch) => {
      for (let number = 0; number < scale.updates; number++) {
        marker = freshText('For all to see');
        missing = watchers.length;
        const arrived = new Promise<void>((resolve) => {
          allHaveIt = resolve;
        });
        const start = performance.now();
        const written = writer.do({ do: 'change', id: pick(pick(data.lists, 0), number), text: marker });
        await arrived;
        stopwatch.record(performance.now() - start);
        await written;
      }
    });

    await closeAll([writer, ...watchers]);
    return { 'Watchers of one query, send to last update': figures };
  },
};
