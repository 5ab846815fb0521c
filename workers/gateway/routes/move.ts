/** Moving data out and in: NDJSON, table by table. Part of the admin API. */
import { BetterBaseError } from '@betterbase/core';
import type { MoveOutcome, MoveRequest, MoveValue } from '@betterbase/engine';
import { Hono } from 'hono';
import * as z from 'zod/mini';
import type { AuditNote } from '../../../durable-objects/project/audit/audit-entry.ts';
import { auditNote } from '../access/audit.ts';
import { failureResponse, jsonResponse } from '../failure.ts';
import type { GatewayContext, GatewayHono } from '../gateway-context.ts';
import { projectStub } from '../project-stub.ts';
import { readJson } from '../request-body.ts';
import { newRequestId } from '../request-id.ts';
import { inEnglish } from '../schema-messages.ts';

const plan = z.strictObject({
  tables: z
    .array(
      z.strictObject({
        table: z.string(),
        mode: z._default(z.enum(['empty', 'append', 'upsert', 'replace']), 'empty'),
        number: z.optional(z.int().check(z.minimum(1), z.maximum(0xffff_ffff))),
      }),
    )
    .check(z.minLength(1)),
  batched: z._default(z.boolean(), false),
});
const finish = z.strictObject({ dryRun: z._default(z.boolean(), false) });

export function moveRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  routes.post('/exports', openExport);
  routes.get('/exports/:id/tables/:table', readTable);
  routes.delete('/exports/:id', (context) => done(context, { move: 'close-export', id: idOf(context) }));
  routes.post('/imports', beginImport);
  routes.post('/imports/:id/tables/:table', takeLines);
  routes.post('/imports/:id/finish', finishImport);
  routes.delete('/imports/:id', (context) => done(context, { move: 'drop-import', id: idOf(context) }));
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

async function readTable(context: GatewayContext): Promise<Response> {
  const text = context.req.query('after');
  const after = text === undefined ? null : Number(text);
  if (after !== null && !Number.isFinite(after))
    throw badBody('`after` is no time. Use the `_creationTime` of the last document you have.');
  const lines = await objectOf(context).exportTable(idOf(context), context.req.param('table') ?? '', after);
  return new Response(lines, { headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' } });
}

async function beginImport(context: GatewayContext): Promise<Response> {
  const { tables, batched } = parse(plan, await readJson(context.req.raw));
  const id = crypto.randomUUID();
  const outcome = await objectOf(context).move({ move: 'begin-import', id, tables, isBatched: batched });
  return answer(outcome, (value) => ({ import: id, ...untagged(value) }), 201);
}

async function takeLines(context: GatewayContext): Promise<Response> {
  const from = Number(context.req.query('from') ?? 1);
  if (!Number.isSafeInteger(from) || from < 1) throw badBody('`from` is no number of a line. The first line of a table is 1.');
  const body: ReadableStream<Uint8Array> | null = context.req.raw.body;
  if (body === null) throw badBody('The body is empty. Send a line of JSON for each document.');
  const taken = await objectOf(context).importLines(idOf(context), context.req.param('table') ?? '', from, body);
  return taken.ok ? json({ lines: taken.lines }) : failureResponse({ ...taken.error, requestId: newRequestId() });
}

async function finishImport(context: GatewayContext): Promise<Response> {
  const { dryRun } = parse(finish, await readJson(context.req.raw));
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

function objectOf(context: GatewayContext): ReturnType<typeof projectStub> {
  return projectStub(context.env, context.req.param('project') ?? '');
}

function idOf(context: GatewayContext): string {
  return context.req.param('id') ?? '';
}

/** @throws BetterBaseError `http/bad-body` */
function parse<T>(shape: z.ZodMiniType<T>, body: unknown): T {
  const parsed = shape.safeParse(body, inEnglish);
  if (parsed.success) return parsed.data;
  throw badBody(z.prettifyError(parsed.error));
}

function badBody(message: string): BetterBaseError {
  return new BetterBaseError('http/bad-body', message, { hint: 'docs/moving-data.md shows what to send.' });
}

function json(body: object, status = 200): Response {
  return jsonResponse(JSON.stringify(body), status);
}
