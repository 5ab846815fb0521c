/** Large tables: pages from the first to the last, counts, searches of text, and vectors, one question at a time. */
import { guardedRoomOf, seatedRoom } from '../app/betterbase/_content.ts';
import type { HttpConnection } from '../load/http-connection.ts';
import type { LargeJob, LargeTable, VectorTable } from '../load/large-job.ts';
import { type Figures, timed } from '../measure/figures.ts';
import type { RunningSystem } from '../server/running.ts';
import type { Scale } from './scale.ts';
import type { Subject, Workload } from './workload.ts';

const rowsAtOnce = 2_000;
const vectorsAtOnce = 250;
const itemsPerPage = 50;
/** The most that a page may have: places far behind are reached soon. */
const itemsPerStep = 1_000;

let questions = 0;

export const pagination: Workload = {
  name: 'pagination',
  mostRounds: 3,
  prepare: (subject, scale) => fill(subject, 'someRows', scale.someRows),
  async run({ system }, scale) {
    const talk = await Talk.open(system);
    const cursors: (string | null)[] = [null];
    for (;;) {
      const { isDone, continueCursor } = (await talk.ask({
        do: 'page',
        cursor: cursors.at(-1) ?? null,
        items: itemsPerStep,
        number: questions++,
      })) as Page;
      if (isDone) break;
      cursors.push(continueCursor);
    }
    const at = async (share: number): Promise<Figures> => {
      const place = Math.floor((cursors.length - 1) * share);
      return await talk.time(scale.largeQueries * 10, (number) => ({
        do: 'page',
        cursor: cursors[place] ?? null,
        items: itemsPerPage,
        number,
      }));
    };
    // In turn, so that what disturbs one disturbs all.
    const figures = { 'Page of 50, first': await at(0), 'Page of 50, middle': await at(0.5), 'Page of 50, last': await at(0.98) };
    talk.close();
    return figures;
  },
};

export const count: Workload = {
  name: 'count',
  mostRounds: 3,
  async prepare(subject, scale) {
    await fill(subject, 'fewRows', scale.fewRows);
    await fill(subject, 'someRows', scale.someRows);
    await fill(subject, 'manyRows', scale.manyRows);
  },
  async run({ system }, scale) {
    const talk = await Talk.open(system);
    const of = (table: 'fewRows' | 'someRows' | 'manyRows'): Promise<Figures> =>
      talk.time(scale.largeQueries * 10, (number) => ({ do: 'count', table, room: `room-${number % 100}`, number }));
    const figures = {
      'Count, few rows': await of('fewRows'),
      'Count, some rows': await of('someRows'),
      'Count, many rows': await of('manyRows'),
    };
    talk.close();
    return figures;
  },
};

/** Few rows of many, as a policy shows them. */
export const policies: Workload = {
  name: 'policies',
  mostRounds: 3,
  prepare: (subject, scale) => fill(subject, 'guardedRows', scale.someRows),
  async run({ system }, scale) {
    const talk = await Talk.open(system);
    const positions = (await talk.ask({ do: 'seen', number: questions++ })) as number[];
    if (positions.some((position) => guardedRoomOf(position) !== seatedRoom)) throw new Error('A row is seen that is hidden.');
    const seen = await talk.time(scale.largeQueries * 10, (number) => ({ do: 'seen', number }));
    talk.close();
    return { 'Few rows of many by a policy': seen };
  },
};

export const search: Workload = {
  name: 'search',
  mostRounds: 3,
  prepare: (subject, scale) => fill(subject, 'texts', scale.texts),
  async run({ system }, scale) {
    const talk = await Talk.open(system);
    const rare = await talk.time(scale.largeQueries * 4, (number) => ({
      do: 'search',
      words: `w${4_000 + ((number * 7) % 900)} w${4_950 - (number % 900)}`,
      number,
    }));
    const shared = await talk.time(scale.largeQueries, (number) => ({
      do: 'search',
      words: `w${300 + (number % 50)} w1${number % 10}`,
      number,
    }));
    talk.close();
    return { 'Search, rare words': rare, 'Search, common words': shared };
  },
};

export const vectors: Workload = {
  name: 'vectors',
  mostRounds: 3,
  async prepare(subject, scale) {
    for (const [table, size] of [
      ['fewVectors', scale.fewVectors],
      ['manyVectors', scale.manyVectors],
    ] as const) {
      await fill(subject, table, size, vectorsAtOnce);
      if (subject.system.driver.name === 'ours') await fill(subject, `${table}Near`, size, vectorsAtOnce);
    }
  },
  async run({ system }, scale) {
    const talk = await Talk.open(system);
    const of = (table: VectorTable): Promise<Figures> =>
      talk.time(scale.largeQueries, (number) => ({ do: 'nearest', table, number: 10_000_000 + number }));
    const figures = {
      'Vectors, few': await of('fewVectors'),
      'Vectors, many': await of('manyVectors'),
      'Vectors, few, approximate': await of('fewVectorsNear'),
      'Vectors, many, approximate': await of('manyVectorsNear'),
      ...(system.driver.name === 'ours' ? { 'Vectors, approximate: recall': { recall: await recall(talk, scale) } } : {}),
    };
    talk.close();
    return figures;
  },
};

interface Page {
  readonly isDone: boolean;
  readonly continueCursor: string;
}

/** How many of the ten nearest are found, of one. */
async function recall(talk: Talk, scale: Scale): Promise<number> {
  let found = 0;
  for (let asked = 0; asked < scale.largeQueries; asked++) {
    const number = 20_000_000 + questions++;
    const exact = new Set((await talk.ask({ do: 'nearest', table: 'manyVectors', number })) as number[]);
    const near = (await talk.ask({ do: 'nearest', table: 'manyVectorsNear', number })) as number[];
    found += near.filter((score) => exact.has(score)).length / exact.size;
  }
  return found / scale.largeQueries;
}

const filled = new WeakMap<RunningSystem, Set<LargeTable>>();

/** Once for each system: several workloads may want the same table. */
async function fill({ system }: Subject, table: LargeTable, size: number, atOnce = rowsAtOnce): Promise<void> {
  const tables = filled.get(system) ?? new Set();
  filled.set(system, tables);
  if (tables.has(table)) return;
  tables.add(table);
  const talk = await Talk.open(system);
  for (let from = 0; from < size; from += atOnce) await talk.ask({ do: 'fill', table, from, count: Math.min(atOnce, size - from) });
  talk.close();
}

/** One connection over which one question follows the other. */
class Talk {
  readonly #system: RunningSystem;
  readonly #connection: HttpConnection;

  private constructor(system: RunningSystem, connection: HttpConnection) {
    this.#system = system;
    this.#connection = connection;
  }

  static async open(system: RunningSystem): Promise<Talk> {
    const [connection] = await system.connections(1);
    if (connection === undefined) throw new Error('There is no connection.');
    return new Talk(system, connection);
  }

  async ask(job: LargeJob): Promise<unknown> {
    const { driver } = this.#system;
    return driver.largeAnswer((await this.#system.send(this.#connection, driver.large(job))).toString());
  }

  time(times: number, job: (number: number) => LargeJob): Promise<Figures> {
    return timed(this.#system.server, times, async (stopwatch) => {
      for (let asked = 0; asked < times; asked++) {
        const request = this.#system.driver.large(job(questions++));
        const start = performance.now();
        await this.#system.send(this.#connection, request);
        stopwatch.record(performance.now() - start);
      }
    });
  }

  close(): void {
    this.#connection.close();
  }
}
