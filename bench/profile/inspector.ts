/** The runtime's inspector: which isolates there are, and their CPU profiles. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { CpuProfile } from './self-times.ts';

const microsecondsBetweenSamples = 250;

export class Inspector {
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  /** Names of the isolates that run code of ours: the Worker's, and those that were loaded while it ran. */
  async isolates(): Promise<string[]> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}/json`);
    const targets = (await answer.json()) as { readonly title: string }[];
    return targets.map(({ title }) => title.replace('workerd: worker ', '')).filter((name) => /^(core:user|LOADER):/.test(name));
  }

  /** Starts profiling one isolate; what is returned ends it. */
  async profile(isolate: string): Promise<() => Promise<CpuProfile>> {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/${isolate}`);
    await once(socket, 'open');
    const waiting = new Map<number, (result: unknown) => void>();
    socket.on('message', (data: Buffer) => {
      const { id, result } = JSON.parse(data.toString()) as { id?: number; result?: unknown };
      if (id !== undefined) waiting.get(id)?.(result);
    });
    let last = 0;
    const ask = (method: string, params: object = {}): Promise<unknown> => {
      const id = ++last;
      socket.send(JSON.stringify({ id, method, params }));
      return new Promise((resolve) => waiting.set(id, resolve));
    };
    await ask('Profiler.enable');
    await ask('Profiler.setSamplingInterval', { interval: microsecondsBetweenSamples });
    await ask('Profiler.start');
    return async () => {
      const { profile } = (await ask('Profiler.stop')) as { profile: CpuProfile };
      socket.close();
      return profile;
    };
  }
}
