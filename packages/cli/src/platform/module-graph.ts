/** Which of a build's modules import which, by the names of their files. */
import { basename } from 'node:path';
import type { Metafile } from 'esbuild';

export type ModuleGraph = ReadonlyMap<string, readonly ModuleImport[]>;

export interface ModuleImport {
  readonly module: string;
  /** Only when a call asks for it. */
  readonly isOnDemand: boolean;
}

export function moduleGraph({ outputs }: Metafile): ModuleGraph {
  return new Map(
    Object.entries(outputs).map(([path, { imports }]) => [
      basename(path),
      imports
        .filter(({ external }) => external !== true)
        .map((each) => ({ module: basename(each.path), isOnDemand: each.kind === 'dynamic-import' })),
    ]),
  );
}

/** A module and all that it imports, at once or later. */
export function closure(graph: ModuleGraph, module: string): ReadonlySet<string> {
  return reach(graph, module, () => true, new Set());
}

/** What is evaluated when the module is. */
export function startClosure(graph: ModuleGraph, module: string): ReadonlySet<string> {
  return reach(graph, module, ({ isOnDemand }) => !isOnDemand, new Set());
}

function reach(graph: ModuleGraph, module: string, follows: (each: ModuleImport) => boolean, found: Set<string>): ReadonlySet<string> {
  if (found.has(module)) return found;
  found.add(module);
  for (const each of graph.get(module) ?? []) if (follows(each)) reach(graph, each.module, follows, found);
  return found;
}
