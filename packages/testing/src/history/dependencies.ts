/** Who must come before whom, if there is one order in which the operations of a history ran one at a time. */
import type { History } from './history.ts';
import type { ListOrder } from './version-order.ts';

/**
 * `ww`: its append was followed by the other's. `wr`: its append was read. `rw`: it read what was there before the other's
 * append. `caller`: one caller's own order. `time`: it had ended when the other began.
 */
export type EdgeKind = 'ww' | 'wr' | 'rw' | 'caller' | 'time';

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: EdgeKind;
  /** Of `ww`, `wr` and `rw`. */
  readonly list: string | null;
}

/** The edges of operations that took place: done, or of unknown outcome and seen by somebody. */
export function findDependencies(history: History, lists: readonly ListOrder[]): readonly Edge[] {
  const took = tookPlace(history, lists);
  const edges: Edge[] = [];
  const add = (from: number | undefined, to: number | undefined, kind: EdgeKind, list: string | null): void => {
    if (from !== undefined && to !== undefined && from !== to && took.has(from) && took.has(to)) edges.push({ from, to, kind, list });
  };
  for (const order of lists) addListEdges(order, add);
  for (const operation of took) for (const before of callersEarlier(history, took, operation)) add(before, operation, 'caller', null);
  addTimeEdges(history, took, (from, to) => add(from, to, 'time', null));
  return edges;
}

function tookPlace(history: History, lists: readonly ListOrder[]): ReadonlySet<number> {
  const took = new Set<number>();
  for (const [operation, { outcome }] of history.entries()) if (outcome === 'done') took.add(operation);
  for (const { marks, writers } of lists) {
    for (const mark of marks) {
      const writer = writers.get(mark);
      if (writer !== undefined && history[writer]?.outcome === 'unknown') took.add(writer);
    }
  }
  return took;
}

type Add = (from: number | undefined, to: number | undefined, kind: EdgeKind, list: string | null) => void;

function addListEdges({ list, marks, reads, writers }: ListOrder, add: Add): void {
  const order = marks.map((mark) => writers.get(mark));
  for (let at = 1; at < order.length; at++) add(order[at - 1], order[at], 'ww', list);
  const met = new Set(marks);
  // A list only grows, so what took place and was never seen comes after all that was.
  const unseen = [...writers].filter(([mark]) => !met.has(mark)).map(([, writer]) => writer);
  if (reads.length > 0) for (const writer of unseen) add(order.at(-1), writer, 'ww', list);
  for (const { operation, marks: read } of reads) {
    add(order[read.length - 1], operation, 'wr', list);
    if (read.length < order.length) add(operation, firstOther(order, read.length, operation), 'rw', list);
    else for (const writer of unseen) add(operation, writer, 'rw', list);
  }
}

/** Who appended next, if the reader itself did not. */
function firstOther(order: readonly (number | undefined)[], from: number, reader: number): number | undefined {
  return order.slice(from, from + 16).find((writer) => writer !== reader);
}

/** The nearest earlier ones of its caller that took place. */
function callersEarlier(history: History, took: ReadonlySet<number>, operation: number): ReadonlySet<number> {
  const found = new Set<number>();
  const met = new Set<number>();
  const open = [...(history[operation]?.after ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (met.has(next)) continue;
    met.add(next);
    if (took.has(next)) found.add(next);
    else open.push(...(history[next]?.after ?? []));
  }
  return found;
}

/** Only from those that no other stands between: the rest follows. */
function addTimeEdges(history: History, took: ReadonlySet<number>, add: (from: number, to: number) => void): void {
  const moments: { readonly at: number; readonly operation: number; readonly isEnd: boolean }[] = [];
  for (const operation of took) {
    const { invoked = null, returned = null } = history[operation] ?? {};
    if (invoked !== null) moments.push({ at: invoked, operation, isEnd: false });
    if (returned !== null) moments.push({ at: returned, operation, isEnd: true });
  }
  // At equal times the beginning counts first: nothing is claimed that the times do not say.
  moments.sort((one, other) => one.at - other.at || Number(one.isEnd) - Number(other.isEnd));
  let front = new Set<number>();
  const earlier = new Map<number, ReadonlySet<number>>();
  for (const { operation, isEnd } of moments) {
    if (isEnd) {
      const passed = earlier.get(operation);
      front = new Set([...front].filter((each) => passed?.has(each) !== true)).add(operation);
    } else {
      earlier.set(operation, front);
      for (const before of front) add(before, operation);
    }
  }
}
