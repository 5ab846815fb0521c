/** What DevTools calls a .cpuprofile, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds. */
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly what: string;
  readonly milliseconds: number;
}

/**
 * The time spent in each function itself, longest first. Native work (SQL, RPC, sockets) counts for the function that
 * asked for it, or stands under a name without a line.
 */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const what = names.get(id) ?? '(unknown)';
    times.set(what, (times.get(what) ?? 0) + (timeDeltas[at] ?? 0) / 1000);
  }
  times.delete('(idle)');
  return [...times].map(([what, milliseconds]) => ({ what, milliseconds })).sort((a, b) => b.milliseconds - a.milliseconds);
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const file = url.slice(url.lastIndexOf('/') + 1);
  return file === '' ? functionName : `${functionName} ${file}:${lineNumber + 1}`;
}
