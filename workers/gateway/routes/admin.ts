/** The admin API. What each route needs, takes and answers is in the contract: `@betterbase/protocol/admin`. */
import { Hono } from 'hono';
import { guardAdmin } from '../middleware/guard-admin.ts';
import { jsonResponse } from '../failure.ts';
import type { GatewayHono } from '../gateway-context.ts';
import openApi from '../dist/openapi.txt';
import { auditRoutes } from './admin/audit.ts';
import { cliSessionRoutes } from './admin/cli-sessions.ts';
import { deploymentRoutes } from './admin/deployments.ts';
import { emailRoutes } from './admin/email.ts';
import { environmentRoutes } from './admin/environment.ts';
import { functionRoutes } from './admin/functions.ts';
import { iacRoutes } from './admin/iac.ts';
import { instanceRoutes } from './admin/instance.ts';
import { keyRoutes } from './admin/keys.ts';
import { moveRoutes } from './admin/move.ts';
import { policyRoutes } from './admin/policies.ts';
import { peopleRoutes } from './admin/people.ts';
import { projectListRoutes } from './admin/projects.ts';
import { providerRoutes } from './admin/provider.ts';
import { secondFactorRoutes } from './admin/second-factor.ts';
import { serve } from './admin/serve.ts';
import { sessionRoutes } from './admin/sessions.ts';
import { userRoutes } from './admin/users.ts';

export function adminRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.use('*', guardAdmin);
  for (const part of [
    sessionRoutes,
    secondFactorRoutes,
    peopleRoutes,
    cliSessionRoutes,
    instanceRoutes,
    emailRoutes,
    keyRoutes,
    auditRoutes,
    projectListRoutes,
    deploymentRoutes,
    environmentRoutes,
    iacRoutes,
    providerRoutes,
    policyRoutes,
    functionRoutes,
    moveRoutes,
    userRoutes,
  ])
    routes.route('/', part());
  serve(routes, 'GET /admin/openapi.json', () => jsonResponse(openApi, 200));
  return routes;
}
