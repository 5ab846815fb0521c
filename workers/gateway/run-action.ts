/** Runs one action in a stateless isolate, and lets it call the project's other functions. */
import { RpcTarget } from 'cloudflare:workers';
import type { ActionHost, ActionResult, FunctionCall, Identity, Outcome, RequestOrigin } from '@betterbase/engine';
import type { CodeVersion } from '../../durable-objects/project/project-door.ts';
import { edgeIsolate } from './edge-isolate.ts';
import type { Env } from './env.ts';
import { toWireError } from './failure.ts';
import { projectStub } from './project-stub.ts';

export interface ActionOrder {
  readonly project: string;
  readonly code: CodeVersion;
  readonly call: FunctionCall;
}

export async function runAction({
  env,
  exports,
  project,
  code,
  call,
}: ActionOrder & { readonly env: Env; readonly exports: unknown }): Promise<ActionResult> {
  const object = projectStub(env, project);
  const startedAt = Date.now();
  try {
    const host = new ProjectActionHost({
      env,
      exports,
      project,
      code,
      identity: call.identity,
      requestId: call.requestId,
      job: call.job,
      origin: call.origin,
    });
    return await edgeIsolate({ env, project, code, object, exports }).runAction(call, host);
  } catch (thrown) {
    const report = { path: call.path, milliseconds: Date.now() - startedAt, rowsRead: 0, rowsWritten: 0, lines: [] };
    return { outcome: { ok: false, error: toWireError(thrown, call.requestId) }, report };
  }
}

export interface HostParts {
  readonly env: Env;
  readonly exports: unknown;
  readonly project: string;
  readonly code: CodeVersion;
  readonly identity: Identity | null;
  readonly requestId: string;
  /** The job that the action is, or is called by. */
  readonly job?: string | undefined;
  readonly origin?: RequestOrigin | undefined;
}

/** What an action may do with its project: call any of its functions, as the one who called the action. */
export class ProjectActionHost extends RpcTarget implements ActionHost {
  readonly #parts: HostParts;

  constructor(parts: HostParts) {
    super();
    this.#parts = parts;
  }

  async run(kind: 'query' | 'mutation' | 'action', path: string, args: string): Promise<Outcome> {
    const { env, exports, project, identity, requestId, job, origin } = this.#parts;
    const cause = { ...(job === undefined ? {} : { job }), ...(origin === undefined ? {} : { origin }) };
    const object = projectStub(env, project);
    if (kind !== 'action')
      return await object.call({ kind, path, args, identity, reach: 'any', requestId, idempotencyKey: null, ...cause });
    const target = await object.findAction(path, 'any');
    if (!target.ok) return target;
    const call = { path: target.path, args, identity, reach: 'any', requestId, ...cause } as const;
    const result = await runAction({ env, exports, project, code: target.code, call });
    await object.recordEdgeCall('action', requestId, result);
    return result.outcome;
  }
}
