/** The admin API of row-level security: what is deployed, and what it comes to for somebody. */
import { BetterBaseError, defaultRowSecurity } from '@betterbase/core';
import { type PolicyManifest, policyTestPath } from '@betterbase/protocol';
import { Hono } from 'hono';
import { failureResponse, jsonResponse } from '../../failure.ts';
import type { GatewayHono } from '../../gateway-context.ts';
import { madeUp } from '../../identity/made-up.ts';
import { newRequestId } from '../../request-id.ts';
import { objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function policyRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/projects/:project/policies', async (context) => {
    const manifest = await objectOf(context).manifest();
    if (manifest === null)
      throw new BetterBaseError('project/not-deployed', 'This project has no deployment yet.', {
        hint: 'Run `bb deploy` in the app’s folder.',
      });
    const { schema, policies = [], rls = defaultRowSecurity } = manifest;
    return {
      enforced: rls.enabled,
      auditLog: rls.auditLog,
      tables: schema.tables.map(({ name }) => ({ table: name, policies: policies.filter(({ table }) => table === name).map(told) })),
    };
  });
  serve(routes, 'POST /admin/projects/:project/policies/test', async (context, { body: { table, claims, limit, insert } }) => {
    const outcome = await objectOf(context).call({
      kind: 'query',
      path: policyTestPath,
      args: JSON.stringify({ table, limit, insert }),
      identity: claims === null ? null : madeUp(claims),
      reach: 'any',
      requestId: newRequestId(),
      idempotencyKey: null,
    });
    return outcome.ok ? jsonResponse(outcome.value, 200) : failureResponse(outcome.error);
  });
  return routes;
}

function told({ file, table, rules }: PolicyManifest) {
  return { file, table, rules: { ...rules } };
}
