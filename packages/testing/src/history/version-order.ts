/** From what was read of a list: in which order it was appended to, and whether the reads agree about that. */
import type { Anomaly } from './anomaly.ts';
import type { History, Mark } from './history.ts';

/** A read of a list as it was before the transaction itself appended anything. */
export interface ListRead {
  readonly operation: number;
  readonly marks: readonly Mark[];
}

export interface ListOrder {
  readonly list: string;
  /** Every mark that anybody has seen, in the order of the appends. */
  readonly marks: readonly Mark[];
  readonly reads: readonly ListRead[];
  /** Who appended what. */
  readonly writers: ReadonlyMap<Mark, number>;
}

export interface VersionOrders {
  readonly lists: readonly ListOrder[];
  readonly anomalies: readonly Anomaly[];
}

interface Found {
  readonly reads: ListRead[];
  readonly writers: Map<Mark, number>;
  /** The last append of each transaction. */
  readonly lastOf: Map<number, Mark>;
}

export function findVersionOrders(history: History): VersionOrders {
  const anomalies: Anomaly[] = [];
  const found = collect(history, anomalies);
  const lists = [...found].map(([list, { reads, writers, lastOf }]): ListOrder => {
    const longest = reads.reduce<readonly Mark[]>((best, { marks }) => (marks.length > best.length ? marks : best), []);
    const tell = (type: Anomaly['type'], detail: string): void => void anomalies.push({ type, through: 'data', detail });
    checkMarks(history, { list, longest, writers, tell });
    for (const { operation, marks } of reads) checkRead(history, { list, longest, writers, lastOf, operation, marks, tell });
    checkLost(history, { list, longest, reads, writers, tell });
    return { list, marks: longest, reads, writers };
  });
  return { lists, anomalies };
}

type Tell = (type: Anomaly['type'], detail: string) => void;

function collect(history: History, anomalies: Anomaly[]): Map<string, Found> {
  const lists = new Map<string, Found>();
  const at = (list: string): Found => {
    const known = lists.get(list);
    if (known !== undefined) return known;
    const fresh: Found = { reads: [], writers: new Map(), lastOf: new Map() };
    lists.set(list, fresh);
    return fresh;
  };
  for (const [operation, { name, steps, outcome }] of history.entries()) {
    const own = new Map<string, Mark[]>();
    for (const step of steps) {
      const list = at(step.list);
      const appended = own.get(step.list) ?? [];
      if (step.do === 'append') {
        own.set(step.list, [...appended, step.mark]);
        list.writers.set(step.mark, operation);
        list.lastOf.set(operation, step.mark);
      } else if (outcome === 'done') {
        const { marks } = step;
        const before = marks.slice(0, marks.length - appended.length);
        if (appended.some((mark, index) => marks[before.length + index] !== mark)) {
          const detail = `${name} appended ${appended.join(', ')} to ${step.list}, and then read [${marks.join(', ')}].`;
          anomalies.push({ type: 'internal', through: 'data', detail });
        } else list.reads.push({ operation, marks: before });
      }
    }
  }
  return lists;
}

function checkMarks(
  history: History,
  seen: { readonly list: string; readonly longest: readonly Mark[]; readonly writers: ReadonlyMap<Mark, number>; readonly tell: Tell },
): void {
  const { list, longest, writers, tell } = seen;
  const met = new Set<Mark>();
  for (const mark of longest) {
    if (met.has(mark)) tell('duplicate', `${mark} is in ${list} twice.`);
    met.add(mark);
    const writer = writers.get(mark);
    if (writer === undefined) tell('invented', `${mark} is in ${list}, and nobody appended it.`);
    else if (history[writer]?.outcome === 'refused') tell('G1a', `${mark} is in ${list}, although ${nameOf(history, writer)} was refused.`);
  }
}

function checkRead(
  history: History,
  read: {
    readonly list: string;
    readonly longest: readonly Mark[];
    readonly writers: ReadonlyMap<Mark, number>;
    readonly lastOf: ReadonlyMap<number, Mark>;
    readonly operation: number;
    readonly marks: readonly Mark[];
    readonly tell: Tell;
  },
): void {
  const { list, longest, writers, lastOf, operation, marks, tell } = read;
  const differs = marks.findIndex((mark, index) => longest[index] !== mark);
  const name = nameOf(history, operation);
  if (differs >= 0)
    return tell('split', `${name} read ${String(marks[differs])} at ${differs} of ${list}, where others read ${String(longest[differs])}.`);
  const last = marks.at(-1);
  const writer = last === undefined ? undefined : writers.get(last);
  if (last === undefined || writer === undefined || writer === operation) return;
  if (lastOf.get(writer) !== last)
    tell('G1b', `${name} read ${list} up to ${last}, in the middle of what ${nameOf(history, writer)} appended.`);
}

function checkLost(
  history: History,
  seen: {
    readonly list: string;
    readonly longest: readonly Mark[];
    readonly reads: readonly ListRead[];
    readonly writers: ReadonlyMap<Mark, number>;
    readonly tell: Tell;
  },
): void {
  const { list, longest, reads, writers, tell } = seen;
  const met = new Set(longest);
  const lastAsked = Math.max(...reads.map(({ operation }) => history[operation]?.invoked ?? 0));
  for (const [mark, writer] of writers) {
    const operation = history[writer];
    if (met.has(mark) || operation?.outcome !== 'done' || operation.returned === null || operation.returned >= lastAsked) continue;
    tell('lost append', `${operation.name} was acknowledged, and ${mark} is not in ${list} afterwards.`);
  }
}

export function nameOf(history: History, operation: number): string {
  return history[operation]?.name ?? `operation ${operation}`;
}
