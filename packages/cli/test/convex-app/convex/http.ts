import { corsRouter } from 'convex-helpers/server/cors';
import { Hono, type HonoWithConvex, HttpRouterWithHono } from 'convex-helpers/server/hono';
import { api } from './_generated/api';
import { type ActionCtx, httpAction } from './_generated/server';

const app: HonoWithConvex<ActionCtx> = new Hono();
app.get('/hono/:name', async (c) =>
  c.json({ hello: c.req.param('name'), text: (await c.env.runQuery(api.zod.shout, { text: 'hono' })).text }),
);

const http = new HttpRouterWithHono(app);
http.route({ path: '/plain', method: 'GET', handler: httpAction(async () => new Response('plain')) });

const cors = corsRouter(http, { allowedOrigins: ['https://example.com'] });
cors.route({ path: '/shared', method: 'POST', handler: httpAction(async (_ctx, request) => Response.json({ got: await request.text() })) });
cors.route({
  pathPrefix: '/files/',
  method: 'GET',
  handler: httpAction(async (_ctx, request) => new Response(new URL(request.url).pathname)),
});

export default http;
