import type { Identity, Outcome } from '@betterbase/engine';
import type { CallKind, ProjectCall } from '../../durable-objects/project/project-door.ts';
import { configOf } from './env.ts';
import type { GatewayContext } from './gateway-context.ts';
import { projectStub } from './project-stub.ts';
import { originOf } from './request-origin.ts';
import { runAction } from './run-action.ts';

/** Who calls: somebody with a token, anybody, or whoever has the installation's key, as anybody they like. */
export type HttpCaller = { readonly token: string | null } | { readonly admin: true; readonly identity: Identity | null };

export interface FunctionOrder {
  readonly kind: CallKind;
  readonly path: string;
  readonly args: unknown;
  readonly caller: HttpCaller;
  readonly requestId: string;
}

/** Calls a function of the request's project. */
export async function callFunction(context: GatewayContext, order: FunctionOrder): Promise<Outcome> {
  if (order.kind === 'action') return await callAction(context, order);
  return await projectStub(context.env, context.req.param('project') ?? '').call(projectCall(context, { ...order, kind: order.kind }));
}

export function projectCall(
  context: GatewayContext,
  { kind, path, args, caller, requestId }: FunctionOrder & { readonly kind: ProjectCall['kind'] },
): ProjectCall {
  const idempotencyKey = context.req.header('idempotency-key') ?? null;
  const call = { kind, path, args: JSON.stringify(args ?? {}), requestId, idempotencyKey, origin: originOf(context) };
  if ('admin' in caller) return { ...call, identity: caller.identity, reach: 'any' };
  return { ...call, identity: null, ...(caller.token === null ? {} : { token: caller.token }), reach: 'public' };
}

async function callAction(context: GatewayContext, { path, args, caller, requestId }: FunctionOrder): Promise<Outcome> {
  const { env, executionCtx } = context;
  const project = context.req.param('project') ?? '';
  const object = projectStub(env, project);
  const reach = 'admin' in caller ? 'any' : 'public';
  const target = await object.findAction(path, reach, 'admin' in caller ? undefined : (caller.token ?? undefined), requestId);
  if (!target.ok) return { ok: false, error: { ...target.error, requestId } };
  const identity = 'admin' in caller ? caller.identity : target.identity;
  const result = await runAction({
    env,
    exports: executionCtx.exports,
    project,
    code: target.code,
    call: { path: target.path, args: JSON.stringify(args ?? {}), identity, reach, requestId, origin: originOf(context) },
  });
  executionCtx.waitUntil(object.recordEdgeCall('action', requestId, result));
  return configOf(env).isDevelopment ? { ...result.outcome, lines: result.report.lines } : result.outcome;
}
