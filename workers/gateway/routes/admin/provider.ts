/** The admin API of where a project's documents rest. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import { Hono } from 'hono';
import { failureResponse } from '../../failure.ts';
import type { GatewayHono } from '../../gateway-context.ts';
import { parseProvider } from '../../provider/parse-provider.ts';
import { readJson } from '../../request-body.ts';
import { json, objectOf } from './answers.ts';

export function providerRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.post('/provider/check', async (context) => {
    const body = await readJson(context.req.raw);
    if (!isPlainObject(body))
      throw new BetterBaseError('http/bad-body', 'The body is no object.', {
        hint: 'Send {"provider": {"type": "d1", "binding": "APP_DB"}}.',
      });
    const checked = await objectOf(context).checkProvider(parseProvider(body['provider']));
    return checked.ok ? json(checked.report) : failureResponse(checked.error);
  });
  return routes;
}
