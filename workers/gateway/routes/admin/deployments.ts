/** The admin API of a project's deployments: send one, look at what it would change, go back, and what there has been. */
import type { Deployment, WireError } from '@betterbase/protocol';
import { Hono } from 'hono';
import { failureResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import type { AuditNote } from '../../../../durable-objects/project/audit/audit-entry.ts';
import { auditNote } from '../../access/audit.ts';
import { assertMay, may } from '../../access/principal.ts';
import { findProject, recordDeployment } from '../../project-list.ts';
import { objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function deploymentRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'POST /admin/projects/:project/deployments', async (context, { body }) => {
    await assertMayAppear(context);
    return deployed(context, await objectOf(context).deploy(body, noteOf(context)));
  });
  serve(routes, 'GET /admin/projects/:project/deployments', async (context) => ({
    deployments: [...(await objectOf(context).deployments())],
  }));
  serve(routes, 'POST /admin/projects/:project/deployments/preview', async (context, { body }) => {
    const previewed = await objectOf(context).preview(body);
    return previewed.ok ? { plan: previewed.plan } : failureResponse(previewed.error);
  });
  serve(routes, 'POST /admin/projects/:project/deployments/rollback', async (context, { body }) =>
    deployed(context, await objectOf(context).rollback(body, noteOf(context))),
  );
  serve(routes, 'GET /admin/projects/:project/migrations', async (context) => {
    const applied = await objectOf(context).migrations();
    return applied.ok ? { migrations: [...applied.migrations] } : failureResponse(applied.error);
  });
  return routes;
}

/** The first deployment makes the project, so it needs what making one needs. */
async function assertMayAppear({ env, var: { principal }, req }: GatewayContext): Promise<void> {
  if (may(principal, 'projects_create', null)) return;
  const project = req.param('project') ?? '';
  if ((await findProject(env.DB, project)) === null) assertMay(principal, 'projects_create', null);
}

function noteOf(context: GatewayContext): AuditNote {
  const project = context.req.param('project') ?? '';
  return auditNote(context, { resourceType: 'deployment', resourceId: null, project });
}

type DeployResult = { readonly ok: true; readonly deployment: Deployment } | { readonly ok: false; readonly error: WireError };

async function deployed(context: GatewayContext, result: DeployResult): Promise<Response | { readonly deployment: Deployment }> {
  if (!result.ok) return failureResponse(result.error);
  await recordDeployment(context.env.DB, context.req.param('project') ?? '', Date.now());
  return { deployment: result.deployment };
}
