/** A project's environment values: set, taken away, listed by name. Nothing tells them again. */
import { BetterBaseError } from '@betterbase/core';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import { auditNote } from '../access/audit.ts';
import { failureResponse, jsonResponse } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { projectStub } from '../project-stub.ts';
import { readJson } from '../request-body.ts';
import { inEnglish } from '../schema-messages.ts';

const changeSchema = z.strictObject({
  set: z._default(z.record(z.string(), z.string()), {}),
  unset: z._default(z.array(z.string()), []),
});

export function environmentRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/', async (context) => {
    const environment = await projectStub(context.env, context.req.param('project') ?? '').environment();
    return jsonResponse(JSON.stringify({ environment }), 200);
  });
  routes.patch('/', changeEnvironment);
  return routes;
}

/** All of the change, or nothing. */
async function changeEnvironment(context: GatewayContext): Promise<Response> {
  const change = changeSchema.safeParse(await readJson(context.req.raw), inEnglish);
  if (!change.success)
    throw new BetterBaseError('http/bad-body', 'The body is no change of the environment.', {
      hint: 'Send {"set": {"NAME": "value"}, "unset": ["OTHER"]}.',
      details: { problems: change.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) },
    });
  const project = context.req.param('project') ?? '';
  // Names only: a value is never told again.
  const after = { set: Object.keys(change.data.set), unset: change.data.unset };
  const note = auditNote(context, { resourceType: 'environment', resourceId: null, project, after });
  const result = await projectStub(context.env, project).changeEnvironment(change.data, note);
  return result.ok ? jsonResponse(JSON.stringify({ environment: result.environment }), 200) : failureResponse(result.error);
}
