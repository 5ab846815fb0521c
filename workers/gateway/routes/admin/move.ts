/** Moving data out and in: NDJSON, table by table. Part of the admin API. */
import { BetterBaseError } from '@betterbase/core';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import type { MoveOutcome, MoveRequest, MoveValue } from '@betterbase/engine';
import { Hono } from 'hono';
import type { AuditNote } from '../../../../durable-objects/project/audit/audit-entry.ts';
import { auditNote } from '../../access/audit.ts';
import { failureResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { newRequestId } from '../../request-id.ts';
import { json, objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function moveRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'POST /admin/projects/:project/exports', openExport);
  serve(routes, 'GET /admin/projects/:project/exports/:id/tables/:table', readTable);
  serve(routes, 'DELETE /admin/projects/:project/exports/:id', (context) => done(context, { move: 'close-export', id: idOf(context) }));
  serve(routes, 'POST /admin/projects/:project/imports', (context, { body }) => beginImport(context, body));
  serve(routes, 'POST /admin/projects/:project/imports/:id/tables/:table', (context, { query }) => takeLines(context, query.from));
  serve(routes, 'POST /admin/projects/:project/imports/:id/finish', (context, { body }) => finishImport(context, body.dryRun));
  serve(routes, 'DELETE /admin/projects/:project/imports/:id', (context) => done(context, { move: 'drop-import', id: idOf(context) }));
  return routes;
}

async function openExport(context: GatewayContext): Promise<Response> {
  const id = crypto.randomUUID();
  return answer(
    await objectOf(context).move({ move: 'open-export', id }, noteOf(context, id)),
    (value) => ({ export: id, ...untagged(value) }),
    201,
  );
}

async function readTable(
  context: GatewayContext,
  { query: { after } }: ParsedRequest<'GET /admin/projects/:project/exports/:id/tables/:table'>,
): Promise<Response> {
  const lines = await objectOf(context).exportTable(idOf(context), context.req.param('table') ?? '', after ?? null);
  return new Response(lines, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });
}

type ImportPlan = ParsedRequest<'POST /admin/projects/:project/imports'>['body'];

async function beginImport(context: GatewayContext, { tables, batched }: ImportPlan): Promise<Response> {
  const id = crypto.randomUUID();
  const outcome = await objectOf(context).move({ move: 'begin-import', id, tables, isBatched: batched });
  return answer(outcome, (value) => ({ import: id, ...untagged(value) }), 201);
}

async function takeLines(context: GatewayContext, from: number): Promise<Response | { readonly lines: number }> {
  const body: ReadableStream<Uint8Array> | null = context.req.raw.body;
  if (body === null) throw new BetterBaseError('http/bad-body', 'The body is empty.', { hint: 'Send a line of JSON for each document.' });
  const taken = await objectOf(context).importLines(idOf(context), context.req.param('table') ?? '', from, body);
  return taken.ok ? { lines: taken.lines } : failureResponse({ ...taken.error, requestId: newRequestId() });
}

async function finishImport(context: GatewayContext, dryRun: boolean): Promise<Response> {
  const outcome = await objectOf(context).move(
    { move: 'finish-import', id: idOf(context), isTrial: dryRun },
    dryRun ? undefined : noteOf(context, idOf(context)),
  );
  return answer(outcome, (value) => (value.move === 'finish-import' ? value.summary : {}));
}

function noteOf(context: GatewayContext, id: string): AuditNote {
  return auditNote(context, { resourceType: 'data', resourceId: id, project: context.req.param('project') ?? '' });
}

async function done(context: GatewayContext, request: MoveRequest): Promise<Response> {
  return answer(await objectOf(context).move(request), () => ({}));
}

function answer(outcome: MoveOutcome, body: (value: MoveValue) => object, status = 200): Response {
  if (outcome.ok) return json(body(outcome.value), status);
  return failureResponse({ ...outcome.error, requestId: newRequestId() });
}

function untagged({ move: _move, ...rest }: MoveValue): object {
  return rest;
}

function idOf(context: GatewayContext): string {
  return context.req.param('id') ?? '';
}
