/** The audit log: who changed what. */
import { adminRoutes, adminTable, type AnswerOf, pageActions } from '@betterbase/protocol/admin';
import { Hono } from 'hono';
import type { AuditEntry } from '../../../../durable-objects/project/audit/audit-entry.ts';
import { readAudit } from '../../access/audit.ts';
import { reachOf } from '../../access/principal.ts';
import type { GatewayHono } from '../../gateway-context.ts';
import { serve } from './serve.ts';

const mostEntries = 200;

export function auditRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/audit', async ({ env, var: { principal } }, { query }) => {
    const { limit, offset, resource_type: resourceType, ...filter } = query;
    const page = { limit: Math.min(limit, mostEntries), offset };
    // Who may look at some projects sees what was done to them, whatever they ask for.
    const { logs, total } = await readAudit(env.DB, { ...filter, resourceType, among: reachOf(principal, 'audit_view') }, page);
    return { logs: logs.map(shownEntry), total, ...page };
  });
  serve(routes, 'GET /admin/audit/actions', () => {
    const actions = adminRoutes.flatMap((route) => adminTable[route].audit ?? []);
    return { actions: [...new Set([...actions, ...pageActions])].sort() };
  });
  return routes;
}

function shownEntry({
  actorName,
  resourceType,
  resourceId,
  before,
  after,
  ...entry
}: AuditEntry): AnswerOf<'GET /admin/audit'>['logs'][number] {
  return {
    ...entry,
    actor_name: actorName,
    resource_type: resourceType,
    resource_id: resourceId,
    before_data: before,
    after_data: after,
  };
}
