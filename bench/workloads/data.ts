/**
 * What every system holds before the work starts: `scale.lists` lists that get queried and watched, and a few spare ones
 * that nobody ever watches.
 */
import { closedLoop } from '../load/closed-loop.ts';
import { Stopwatch } from '../measure/figures.ts';
import type { RunningSystem } from '../server/running.ts';
import type { Scale } from './scale.ts';

export interface Data {
  /** By list: the ids of its items. */
  readonly lists: readonly (readonly string[])[];
  readonly spare: readonly string[];
}

export const listName = (number: number): string => `list-${number}`;
const spareName = (number: number): string => `spare-${number}`;

const spareLists = 20;

export async function fillSystem(system: RunningSystem, scale: Scale): Promise<Data> {
  const connections = await system.connections(8);
  const names = [
    ...Array.from({ length: scale.lists }, (_, number) => listName(number)),
    ...Array.from({ length: spareLists }, (_, number) => spareName(number)),
  ];
  const ids: string[][] = [];
  await closedLoop(connections, names.length, new Stopwatch(names.length), async (connection, number) => {
    const list = names[number] ?? '';
    await system.send(connection, system.driver.fill(list, scale.rowsPerList));
    const body = await system.post(connection, { do: 'query', list });
    ids[number] = system.driver.items(body.toString()).map(({ id }) => id);
    if (ids[number].length !== scale.rowsPerList) throw new Error(`${system.driver.name}: ${list} holds ${ids[number].length} items.`);
  });
  for (const connection of connections) connection.close();
  return { lists: ids.slice(0, scale.lists), spare: ids.slice(scale.lists).flat() };
}

let texts = 0;

/** Never the same twice: SQLite writes nothing for an update that changes nothing, and a watcher could not tell old from new. */
export function freshText(words: string): string {
  texts += 1;
  return `${words} (${texts})`;
}

/** The same choices for every system and round. */
export function choices(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function pick<T>(from: readonly T[], number: number): T {
  const one = from[number % from.length];
  if (one === undefined) throw new Error('There is nothing to pick from.');
  return one;
}
