/** A project's environment values: set, taken away, listed by name. Nothing tells them again. */
import { Hono } from 'hono';
import { auditNote } from '../../access/audit.ts';
import { failureResponse } from '../../failure.ts';
import type { GatewayHono } from '../../gateway-context.ts';
import { objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function environmentRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/projects/:project/environment', async (context) => ({
    environment: [...(await objectOf(context).environment())],
  }));
  serve(routes, 'PATCH /admin/projects/:project/environment', async (context, { body }) => {
    // Names only: a value is never told again.
    const after = { set: Object.keys(body.set), unset: body.unset };
    const note = auditNote(context, { resourceType: 'environment', resourceId: null, project: context.req.param('project') ?? '', after });
    const result = await objectOf(context).changeEnvironment(body, note);
    return result.ok ? { environment: [...result.environment] } : failureResponse(result.error);
  });
  return routes;
}
