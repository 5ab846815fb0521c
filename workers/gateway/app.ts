/** The table of contents: middleware, then routes. */
import { BetterBaseError } from '@betterbase/core';
import { Hono } from 'hono';
import { failureResponse, jsonResponse, notFound, toWireError } from './failure.ts';
import type { GatewayHono } from './gateway-context.ts';
import { crossOrigin } from './middleware/cross-origin.ts';
import { limitRequests } from './middleware/limit-requests.ts';
import { refuseLongHeaders } from './middleware/refuse-long-headers.ts';
import { adminRoutes } from './routes/admin.ts';
import { becomeAdminRoutes } from './routes/become-admin.ts';
import { deviceRoutes } from './routes/device.ts';
import { resetRoutes } from './routes/reset.ts';
import { secondFactorPages } from './routes/second-factor.ts';
import { authRoutes } from './routes/auth.ts';
import { newRequestId } from './request-id.ts';
import { convexRoutes } from './routes/convex.ts';
import { functionRoutes } from './routes/functions.ts';
import { projectRoutes } from './routes/project.ts';

export function createApp(): Hono<GatewayHono> {
  const app = new Hono<GatewayHono>();
  app.use('*', refuseLongHeaders);
  app.use('/p/*', crossOrigin, limitRequests);
  app.get('/health', () => jsonResponse('{"status":"ok"}', 200));
  app.route('/p/:project', functionRoutes());
  app.route('/p/:project', convexRoutes());
  app.route('/p/:project', authRoutes());
  app.route('/p/:project', projectRoutes());
  app.route('/admin', adminRoutes());
  app.route('/', becomeAdminRoutes());
  app.route('/', deviceRoutes());
  app.route('/', resetRoutes());
  app.route('/', secondFactorPages());

  app.notFound((context) => {
    const { pathname } = new URL(context.req.url);
    const refused = /^\/p\/[^/]+\/(?:api\/(?:query|mutation|action|function|query_ts|query_at_ts|run\/.*)$|betterbase\/)/.test(pathname)
      ? new BetterBaseError('http/method-not-allowed', `Functions are called with POST, not ${context.req.method}.`, {
          hint: 'Send POST with a JSON body.',
        })
      : notFound(context.req.method, pathname);
    return failureResponse(toWireError(refused, newRequestId()));
  });
  app.onError((thrown) => failureResponse(toWireError(thrown, newRequestId())));
  return app;
}
