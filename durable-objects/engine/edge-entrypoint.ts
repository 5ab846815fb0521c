import { AsyncLocalStorage } from 'node:async_hooks';
import { WorkerEntrypoint } from 'cloudflare:workers';
import { errorCodes } from '@betterbase/core';
import { type AppModule, type EdgeDoor, EdgeRunner, type LogLines, toFailure } from '@betterbase/engine';
import type { RuntimeEnv } from './runtime-env.ts';

const currentLog = new AsyncLocalStorage<LogLines>();
let isConsoleCaptured = false;

/** The stateless side of a project as a Worker entrypoint: actions, HTTP routes, and the description of the app. */
export function edgeClass(app: AppModule) {
  captureConsole();
  return class Edge extends WorkerEntrypoint<RuntimeEnv> implements EdgeDoor {
    readonly #runner = new EdgeRunner({
      app,
      now: Date.now,
      isDevelopment: this.env.BB_DEV === '1',
      withLog: (log, work) => currentLog.run(log, work),
    });

    describe(): ReturnType<EdgeDoor['describe']> {
      return this.#runner.describe();
    }

    runAction(...[call, host]: Parameters<EdgeDoor['runAction']>): ReturnType<EdgeDoor['runAction']> {
      this.#announce({ path: call.path, kind: 'action', requestId: call.requestId });
      return this.#runner.runAction(call, host);
    }

    async serve(...[request, path, call, host]: Parameters<EdgeDoor['serve']>): Promise<Response> {
      this.#announce({ path: `${request.method} ${path}`, kind: 'http', requestId: call.requestId });
      try {
        return await this.#runner.serve(request, path, call, host);
      } catch (thrown) {
        const { error } = toFailure(thrown, { path: `http ${request.method} ${path}`, requestId: call.requestId, isDevelopment: this.env.BB_DEV === '1' });
        return Response.json({ error: error.message, ...error }, { status: errorCodes[error.code].status, headers: { 'x-betterbase-error': error.code } });
      }
    }

    /** So that a watchdog outside can name the call in which the process stopped answering. */
    #announce(running: { readonly path: string; readonly kind: 'action' | 'http'; readonly requestId: string }): void {
      if (this.env.BB_DEV === '1') console.log(`\u0001BB ${JSON.stringify({ running })}`);
    }
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
