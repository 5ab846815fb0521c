/** The admin API of where a project's documents rest. */
import { Hono } from 'hono';
import { failureResponse } from '../../failure.ts';
import type { GatewayHono } from '../../gateway-context.ts';
import { objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function providerRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'POST /admin/projects/:project/provider/check', async (context, { body }) => {
    const checked = await objectOf(context).checkProvider(body.provider);
    return checked.ok ? checked.report : failureResponse(checked.error);
  });
  return routes;
}
