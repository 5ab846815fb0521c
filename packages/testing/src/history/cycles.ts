/** Finds circles among dependencies, the tellingest first. */
import type { Anomaly, AnomalyType } from './anomaly.ts';
import type { Edge, EdgeKind } from './dependencies.ts';
import type { History } from './history.ts';
import { nameOf } from './version-order.ts';

/** A circle of one kind is looked for only where one can be; this bounds how many anti-dependencies are tried in one place. */
const mostTried = 500;

const levels: readonly { readonly through: Anomaly['through']; readonly kinds: readonly EdgeKind[] }[] = [
  { through: 'data', kinds: [] },
  { through: 'caller', kinds: ['caller'] },
  { through: 'time', kinds: ['caller', 'time'] },
];

/** One anomaly for each knot of operations that depend on each other in a circle. */
export function findCycles(history: History, edges: readonly Edge[]): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const told = new Set<number>();
  for (const { through, kinds } of levels) {
    const graph = graphOf(edges, ['ww', 'wr', 'rw', ...kinds]);
    for (const knot of knots(graph)) {
      if (knot.some((operation) => told.has(operation))) continue;
      for (const operation of knot) told.add(operation);
      const { type, cycle } = tellingest(edges, new Set(knot), kinds);
      anomalies.push({ type, through, detail: cycle.map((edge) => describe(history, edge)).join('; ') });
    }
  }
  return anomalies;
}

type Graph = ReadonlyMap<number, readonly Edge[]>;

function graphOf(edges: readonly Edge[], kinds: readonly EdgeKind[], inside: ReadonlySet<number> | null = null): Graph {
  const graph = new Map<number, Edge[]>();
  for (const edge of edges) {
    if (!kinds.includes(edge.kind) || (inside !== null && !(inside.has(edge.from) && inside.has(edge.to)))) continue;
    const out = graph.get(edge.from);
    if (out === undefined) graph.set(edge.from, [edge]);
    else out.push(edge);
  }
  return graph;
}

function tellingest(
  edges: readonly Edge[],
  knot: ReadonlySet<number>,
  kinds: readonly EdgeKind[],
): { readonly type: AnomalyType; readonly cycle: readonly Edge[] } {
  for (const [type, data] of [
    ['G0', ['ww']],
    ['G1c', ['ww', 'wr']],
  ] as const) {
    const graph = graphOf(edges, [...data, ...kinds], knot);
    const [inner] = knots(graph);
    const cycle = inner === undefined ? null : around(graph, inner);
    if (cycle !== null) return { type, cycle };
  }
  const without = graphOf(edges, ['ww', 'wr', ...kinds], knot);
  let single: readonly Edge[] | null = null;
  let tried = 0;
  for (const edge of edges) {
    if (edge.kind !== 'rw' || !knot.has(edge.from) || !knot.has(edge.to) || tried++ >= mostTried) continue;
    const back = path(without, edge.to, edge.from);
    if (back === null) continue;
    single = [edge, ...back];
    const isLostUpdate = back.length === 1 && back[0]?.kind === 'ww' && back[0].list === edge.list;
    if (isLostUpdate) return { type: 'lost update', cycle: single };
  }
  if (single !== null) return { type: 'G-single', cycle: single };
  return { type: 'G2', cycle: around(graphOf(edges, ['ww', 'wr', 'rw', ...kinds], knot), [...knot]) ?? [] };
}

/** A shortest circle through one of these. */
function around(graph: Graph, knot: readonly number[]): readonly Edge[] | null {
  const [start] = knot;
  if (start === undefined) return null;
  for (const edge of graph.get(start) ?? []) {
    const back = path(graph, edge.to, start);
    if (back !== null) return [edge, ...back];
  }
  return null;
}

/** A shortest way, or null. */
function path(graph: Graph, from: number, to: number): readonly Edge[] | null {
  const came = new Map<number, Edge | null>([[from, null]]);
  const open = [from];
  for (let at = 0; at < open.length; at++) {
    const here = open[at] ?? from;
    if (here === to) break;
    for (const edge of graph.get(here) ?? []) {
      if (came.has(edge.to)) continue;
      came.set(edge.to, edge);
      open.push(edge.to);
    }
  }
  if (!came.has(to)) return null;
  const way: Edge[] = [];
  for (let edge = came.get(to) ?? null; edge !== null; edge = came.get(edge.from) ?? null) way.unshift(edge);
  return way;
}

/** Sets of more than one operation, each of which can be reached from each (Tarjan, without recursion). */
function knots(graph: Graph): readonly (readonly number[])[] {
  const index = new Map<number, number>();
  const low = new Map<number, number>();
  const stack: number[] = [];
  const isOnStack = new Set<number>();
  const found: number[][] = [];
  for (const root of graph.keys()) {
    if (index.has(root)) continue;
    const work: { readonly node: number; next: number }[] = [{ node: root, next: 0 }];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const { node } = frame;
      if (frame.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node) ?? 0);
        stack.push(node);
        isOnStack.add(node);
      }
      const edge = (graph.get(node) ?? [])[frame.next];
      frame.next += 1;
      if (edge !== undefined) {
        if (!index.has(edge.to)) work.push({ node: edge.to, next: 0 });
        else if (isOnStack.has(edge.to)) low.set(node, Math.min(low.get(node) ?? 0, index.get(edge.to) ?? 0));
        continue;
      }
      work.pop();
      const above = work.at(-1);
      if (above !== undefined) low.set(above.node, Math.min(low.get(above.node) ?? 0, low.get(node) ?? 0));
      if (low.get(node) !== index.get(node)) continue;
      const knot = stack.splice(stack.lastIndexOf(node));
      for (const each of knot) isOnStack.delete(each);
      if (knot.length > 1) found.push(knot);
    }
  }
  return found;
}

function describe(history: History, { from, to, kind, list }: Edge): string {
  const [one, other] = [nameOf(history, from), nameOf(history, to)];
  switch (kind) {
    case 'ww':
      return `${one} appended to ${list} before ${other}`;
    case 'wr':
      return `${one} appended to ${list} what ${other} read`;
    case 'rw':
      return `${one} read ${list} without what ${other} appended`;
    case 'caller':
      return `${one} came before ${other} at their caller`;
    case 'time':
      return `${one} had ended when ${other} began`;
    default:
      return kind satisfies never;
  }
}
