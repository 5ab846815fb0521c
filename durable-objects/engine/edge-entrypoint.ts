import { AsyncLocalStorage } from 'node:async_hooks';
import { WorkerEntrypoint } from 'cloudflare:workers';
import { errorCodes, isBetterBaseError } from '@betterbase/core';
import { announced, type AppModule, type EdgeDoor, EdgeRunner, type LogLines, toFailure } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';
import type { RuntimeEnv } from './runtime-env.ts';

const currentLog = new AsyncLocalStorage<LogLines>();
let isConsoleCaptured = false;

/** The app, or how to load it: what its top-level code throws can then be told with its own name and place. */
export type AppSource = AppModule | (() => Promise<AppModule>);

/** The stateless side of a project as a Worker entrypoint: actions, HTTP routes, and the description of the app. */
export function edgeClass(source: AppSource) {
  captureConsole();
  let loading: Promise<AppModule> | null = null;
  const load = (): Promise<AppModule> => (loading ??= typeof source === 'function' ? source() : Promise.resolve(source));

  return class Edge extends WorkerEntrypoint<RuntimeEnv> implements EdgeDoor {
    async describe(): ReturnType<EdgeDoor['describe']> {
      try {
        await load();
      } catch (thrown) {
        return { ok: false, error: toLoadFailure(thrown) };
      }
      return (await this.#runner()).describe();
    }

    async changeDocuments(...[parcel]: Parameters<EdgeDoor['changeDocuments']>): ReturnType<EdgeDoor['changeDocuments']> {
      return (await this.#runner()).changeDocuments(parcel);
    }

    async runAction(...[call, host]: Parameters<EdgeDoor['runAction']>): ReturnType<EdgeDoor['runAction']> {
      const running = { path: call.path, kind: 'action', requestId: call.requestId } as const;
      return await announced(this.#print(), running, async () => (await this.#runner()).runAction(call, host));
    }

    async serve(...[request, path, call, host]: Parameters<EdgeDoor['serve']>): Promise<Response> {
      const running = { path: `${request.method} ${path}`, kind: 'http', requestId: call.requestId } as const;
      try {
        return await announced(this.#print(), running, async () => (await this.#runner()).serve(request, path, call, host));
      } catch (thrown) {
        const { error } = toFailure(thrown, {
          path: `http ${request.method} ${path}`,
          requestId: call.requestId,
          isDevelopment: this.env.BB_DEV === '1',
        });
        return Response.json(
          { error: error.message, ...error },
          { status: errorCodes[error.code].status, headers: { 'x-betterbase-error': error.code } },
        );
      }
    }

    #print(): ((line: string) => void) | null {
      return this.env.BB_DEV === '1' ? (line) => console.log(line) : null;
    }

    async #runner(): Promise<EdgeRunner> {
      const isDevelopment = this.env.BB_DEV === '1';
      const project = this.env.BB_PROJECT ?? '';
      return new EdgeRunner({
        app: await load(),
        now: Date.now,
        isDevelopment,
        project,
        withLog: (log, work) => currentLog.run(log, work),
      });
    }
  };
}

/** A definition that is refused keeps its own code. */
function toLoadFailure(thrown: unknown): WireError {
  const { error, stack } = toFailure(thrown, { path: 'betterbase', requestId: '', isDevelopment: true });
  const details = { original: stack ?? error.message };
  if (isBetterBaseError(thrown)) return { ...error, details: { ...details, more: error.details } };
  const reason = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : error.message;
  return {
    code: 'deployment/does-not-load',
    message: `The app does not load: ${reason}`,
    hint: 'Correct what runs when the module is loaded, and deploy again.',
    details,
  };
}

/** What an action prints belongs to its call; what is printed outside of calls goes where it always goes. */
function captureConsole(): void {
  if (isConsoleCaptured) return;
  isConsoleCaptured = true;
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const print = console[level].bind(console);
    console[level] = (...args: unknown[]) => {
      const log = currentLog.getStore();
      if (log === undefined) print(...args);
      else log.add(level, args);
    };
  }
}
