import { jsonResponse } from '../../failure.ts';
import type { GatewayContext } from '../../gateway-context.ts';
import { type ProjectStub, projectStub } from '../../project-stub.ts';

/** The object of the project that the address names. */
export function objectOf(context: GatewayContext): ProjectStub {
  return projectStub(context.env, context.req.param('project') ?? '');
}

export function json(body: unknown, status = 200): Response {
  return jsonResponse(JSON.stringify(body), status);
}
