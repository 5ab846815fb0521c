/** Watchers of different keys: how soon the right one hears, and what writes cost that none of them watches. */
import { closedLoop } from '../load/closed-loop.ts';
import type { Conversation } from '../load/driver.ts';
import { type Figures, timed } from '../measure/figures.ts';
import { mostSockets, residentBytes } from '../measure/process.ts';
import { choices, type Data, freshText, listName, pick } from './data.ts';
import { closeAll, type Lane, openLanes } from './door.ts';
import type { Scale } from './scale.ts';
import type { Subject, Workload } from './workload.ts';

export const keyed: Workload = {
  name: 'keyed',
  mostRounds: 3,
  async run({ system, data }, scale) {
    const lanes = await openLanes(system, 'WebSocket', scale.lanes);
    const audience = new Audience(await system.conversations(scale.watchers), scale.watchers);
    await audience.watch();

    const updates = await timed(system.server, scale.updates * 10, async (stopwatch) => {
      const choose = choices(4);
      for (let number = 0; number < scale.updates * 10; number++) {
        const list = choose(Math.min(scale.watchers, scale.lists));
        const text = freshText('For one to see');
        const start = performance.now();
        const heard = audience.hears(list, text);
        const written = pick(lanes, 0).do({ do: 'change', id: pick(pick(data.lists, list), number), text });
        await heard;
        stopwatch.record(performance.now() - start);
        await written;
      }
    });
    const unwatched = await writeUnwatched(system.server, lanes, audience, data, scale);

    await closeAll([...lanes, audience]);
    return { 'Watchers of different keys, update': updates, 'Watchers of different keys, unwatched write': unwatched };
  },
};

export const manyWatchers: Workload = {
  name: 'many-watchers',
  mostRounds: 2,
  async run(subject, scale) {
    const few = await beside(subject, scale.fewWatchers, scale);
    const many = await beside(subject, scale.manyWatchers, scale);
    return {
      'Unwatched write beside few watchers': few.write,
      'Unwatched write beside many watchers': many.write,
      'Idle subscription': { bytes: many.bytesPerSubscription },
      'Idle socket': { bytes: many.bytesPerSocket },
    };
  },
};

async function beside({ system, data }: Subject, watchers: number, scale: Scale) {
  const lanes = await openLanes(system, 'WebSocket', scale.lanes);
  const empty = memory(system.server);
  const sockets = Math.min(watchers, mostSockets());
  const audience = new Audience(await system.conversations(sockets), watchers);
  const connected = memory(system.server);
  await audience.watch();
  const watching = memory(system.server);
  const write = await writeUnwatched(system.server, lanes, audience, data, scale);
  await closeAll([...lanes, audience]);
  return { write, bytesPerSocket: (connected - empty) / sockets, bytesPerSubscription: (watching - connected) / watchers };
}

const memory = (server: number | null): number => (server === null ? Number.NaN : residentBytes(server));

/** @throws if a watcher hears of a write to something that it does not watch. */
async function writeUnwatched(
  server: number | null,
  lanes: readonly Lane[],
  audience: Audience,
  data: Data,
  scale: Scale,
): Promise<Figures> {
  const heardBefore = audience.heard;
  const choose = choices(5);
  const figures = await timed(server, scale.writes, (stopwatch) =>
    closedLoop(lanes, scale.writes, stopwatch, (lane) =>
      lane.do({ do: 'change', id: pick(data.spare, choose(data.spare.length)), text: freshText('Nobody looks') }),
    ),
  );
  if (audience.heard !== heardBefore) throw new Error(`${audience.heard - heardBefore} updates were sent to watchers of other keys.`);
  return figures;
}

/** Watches of `size` lists, spread over conversations. Lists past those that exist are empty, and watched all the same. */
class Audience {
  readonly #conversations: readonly Conversation[];
  readonly size: number;
  #awaited = { list: -1, text: '', tell: (): void => {} };
  heard = 0;

  constructor(conversations: readonly Conversation[], size: number) {
    this.#conversations = conversations;
    this.size = size;
  }

  async watch(): Promise<void> {
    for (let from = 0; from < this.size; from += 500) {
      const some = Array.from({ length: Math.min(500, this.size - from) }, (_, at) => from + at);
      await Promise.all(some.map((list) => pick(this.#conversations, list).watch(listName(list), (frame) => this.#look(list, frame))));
    }
  }

  hears(list: number, text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited = { list, text, tell: resolve };
    });
  }

  async close(): Promise<void> {
    await closeAll(this.#conversations);
  }

  #look(list: number, frame: Buffer): void {
    this.heard += 1;
    if (list === this.#awaited.list && frame.includes(this.#awaited.text)) this.#awaited.tell();
  }
}
