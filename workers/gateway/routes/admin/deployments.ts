/** The admin API of a project's deployments: send one, look at what it would change, go back, and what there has been. */
import { BetterBaseError, isPlainObject } from '@betterbase/core';
import type { Deployment, DeploymentBundle, RollbackRequest, WireError } from '@betterbase/protocol';
import { Hono } from 'hono';
import { failureResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import type { AuditNote } from '../../../../durable-objects/project/audit/audit-entry.ts';
import { auditNote } from '../../access/audit.ts';
import { assertMay, may } from '../../access/principal.ts';
import { findProject, recordDeployment } from '../../project-list.ts';
import { parseProvider } from '../../provider/parse-provider.ts';
import { readJson } from '../../request-body.ts';
import { json, objectOf } from './answers.ts';

export function deploymentRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.post('/deployments', async (context) => {
    await assertMayAppear(context);
    return deployed(context, await objectOf(context).deploy(parseBundle(await readJson(context.req.raw)), noteOf(context)));
  });
  routes.get('/deployments', async (context) => json({ deployments: await objectOf(context).deployments() }));
  routes.post('/deployments/preview', async (context) => {
    const previewed = await objectOf(context).preview(parseBundle(await readJson(context.req.raw)));
    return previewed.ok ? json({ plan: previewed.plan }) : failureResponse(previewed.error);
  });
  routes.post('/deployments/rollback', async (context) =>
    deployed(context, await objectOf(context).rollback(parseRollback(await readJson(context.req.raw)), noteOf(context))),
  );
  routes.get('/migrations', async (context) => {
    const applied = await objectOf(context).migrations();
    return applied.ok ? json({ migrations: applied.migrations }) : failureResponse(applied.error);
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

async function deployed(context: GatewayContext, result: DeployResult): Promise<Response> {
  if (!result.ok) return failureResponse(result.error);
  await recordDeployment(context.env.DB, context.req.param('project') ?? '', Date.now());
  return json({ deployment: result.deployment }, 201);
}

function parseBundle(body: unknown): DeploymentBundle {
  if (!isPlainObject(body) || typeof body['app'] !== 'string')
    throw new BetterBaseError('deployment/bad-bundle', 'The body is no deployment: it has no `app`, the text of the app’s module.', {
      hint: 'Deploy with `bb deploy`.',
    });
  return {
    app: body['app'],
    ...parseLabels(body),
    ...(body['provider'] === undefined ? {} : { provider: parseProvider(body['provider']) }),
  };
}

function parseRollback(body: unknown): RollbackRequest {
  if (!isPlainObject(body))
    throw new BetterBaseError('deployment/bad-bundle', 'The body is no object.', { hint: 'Send {"to": "<deployment>"}.' });
  return { ...parseLabels(body), ...textOf(body, 'to') };
}

function parseLabels(body: { readonly [key: string]: unknown }): Pick<DeploymentBundle, 'message' | 'consent' | 'by'> {
  return { ...textOf(body, 'message'), ...textOf(body, 'consent'), ...textOf(body, 'by') };
}

const longestLabel = 1_000;

function textOf<Name extends string>(body: { readonly [key: string]: unknown }, name: Name): { readonly [K in Name]?: string } {
  const text = body[name];
  if (text === undefined) return {};
  if (typeof text !== 'string' || text.length > longestLabel)
    throw new BetterBaseError(
      'deployment/bad-bundle',
      `The \`${name}\` of a deployment is not text of at most ${longestLabel} characters.`,
    );
  // The name is the one that was asked for.
  return { [name]: text } as { readonly [K in Name]: string };
}
