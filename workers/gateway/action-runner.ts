import { WorkerEntrypoint } from 'cloudflare:workers';
import type { Env } from './env.ts';
import { projectStub } from './project-stub.ts';
import { type ActionOrder, runAction } from './run-action.ts';

/** Runs actions away from the project object, in a stateless isolate that has the project's code. */
export class ActionRunner extends WorkerEntrypoint<Env> {
  /** Returns at once; the object is called back with the result, so that nothing of it waits meanwhile. */
  start(order: ActionOrder & { readonly ticket: string }): void {
    const report = async (): Promise<void> => {
      const result = await runAction({ ...order, env: this.env, exports: this.ctx.exports });
      await projectStub(this.env, order.project).actionFinished(order.ticket, order.call.requestId, result);
    };
    this.ctx.waitUntil(report());
  }
}
