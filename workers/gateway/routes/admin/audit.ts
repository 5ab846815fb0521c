/** The audit log: who changed what. */
import { BetterBaseError } from '@betterbase/core';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { AuditEntry } from '../../../../durable-objects/project/audit/audit-entry.ts';
import { adminTable } from '../../access/admin-table.ts';
import { readAudit } from '../../access/audit.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { inEnglish } from '../../schema-messages.ts';
import { json } from './answers.ts';

const whole = z.pipe(
  z.string().check(z.regex(/^\d{1,15}$/, 'is no whole number')),
  z.transform((text) => Number(text)),
);
/** ISO 8601, or ms since 1970. */
const time = z.pipe(
  z.string(),
  z.transform((text, context) => {
    const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
    if (Number.isNaN(at)) context.issues.push({ code: 'custom', message: 'is no time', input: text });
    return at;
  }),
);
const question = z.object({
  limit: z._default(whole, 50),
  offset: z._default(whole, 0),
  actor: z.optional(z.string()),
  action: z.optional(z.string()),
  resource_type: z.optional(z.string()),
  project: z.optional(z.string()),
  from: z.optional(time),
  to: z.optional(time),
});

const mostEntries = 200;

export function auditRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.get('/audit', showAudit);
  routes.get('/audit/actions', () => {
    const actions = Object.values(adminTable).flatMap(({ audit }) => (audit === null ? [] : [audit]));
    return json({ actions: [...new Set(actions)].sort() });
  });
  return routes;
}

async function showAudit(context: GatewayContext): Promise<Response> {
  const asked = question.safeParse(context.req.query(), inEnglish);
  if (!asked.success)
    throw new BetterBaseError('http/bad-body', `The question makes no sense: ${z.prettifyError(asked.error)}`, {
      hint: 'Ask like /admin/audit?action=api_key.create&from=2030-01-01&limit=50.',
    });
  const { limit, offset, resource_type: resourceType, project, ...filter } = asked.data;
  const own = context.var.principal.project;
  // Whose key belongs to one project sees what was done to it, whatever they ask for.
  const page = { limit: Math.min(limit, mostEntries), offset };
  const { logs, total } = await readAudit(context.env.DB, { ...filter, resourceType, project: own ?? project }, page);
  return json({ logs: logs.map(shownEntry), total, ...page });
}

function shownEntry({ actorName, resourceType, resourceId, before, after, ...entry }: AuditEntry) {
  return {
    ...entry,
    actor_name: actorName,
    resource_type: resourceType,
    resource_id: resourceId,
    before_data: before,
    after_data: after,
  };
}
