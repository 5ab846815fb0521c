/** The admin API of what an app defines and what goes on in it: schema, functions, jobs, clients, and SQL that reads. */
import { BetterBaseError, isPlainObject, type ValidatorJson } from '@betterbase/core';
import type { AnswerOf } from '@betterbase/protocol/admin';
import type { ParsedRequest } from '@betterbase/protocol/admin/requests';
import type { Identity } from '@betterbase/engine';
import { type AppManifest, jobsPath, sqlPath, type TableManifest } from '@betterbase/protocol';
import { Hono } from 'hono';
import { failureResponse, jsonResponse } from '../../failure.ts';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { madeUp } from '../../identity/made-up.ts';
import { newRequestId } from '../../request-id.ts';
import { objectOf } from './answers.ts';
import { serve } from './serve.ts';

export function iacRoutes(): Hono<GatewayHono> {
  const routes = new Hono<GatewayHono>();
  serve(routes, 'GET /admin/projects/:project/iac/schema', async (context) =>
    describeSchema(await manifestOf(context), (await objectOf(context).currentCode())?.deployment ?? null),
  );
  serve(routes, 'GET /admin/projects/:project/iac/functions', async (context) => ({
    functions: [...(await manifestOf(context)).functions],
  }));
  serve(routes, 'GET /admin/projects/:project/iac/jobs', async (context) => showQuery(context, jobsPath, {}));
  serve(routes, 'GET /admin/projects/:project/iac/realtime', async (context) => {
    const { watched, ...counts } = await objectOf(context).realtime();
    return { ...counts, watched: [...watched] };
  });
  serve(routes, 'POST /admin/projects/:project/iac/query', (context, { body }) => runSql(context, body));
  return routes;
}

async function manifestOf(context: GatewayContext): Promise<AppManifest> {
  const manifest = await objectOf(context).manifest();
  if (manifest !== null) return manifest;
  throw new BetterBaseError('project/not-deployed', 'This project has no deployment yet.', {
    hint: 'Run `bb deploy` in the app’s folder.',
  });
}

function describeSchema({ schema }: AppManifest, deployment: string | null): AnswerOf<'GET /admin/projects/:project/iac/schema'> {
  return { version: 1, deployment, tables: schema.tables.map(describeTable) };
}

const systemColumns = [
  { name: '_id', type: 'string', optional: false, system: true },
  { name: '_creationTime', type: 'number', optional: false, system: true },
] as const;

function describeTable({ name, document, indexes }: TableManifest) {
  const fields = document.type === 'object' ? Object.entries(document.value) : [];
  const columns = fields.map(([field, { fieldType, optional }]) => ({ name: field, type: typeText(fieldType), optional, system: false }));
  // Documents that are no single object have no columns of their own; `document` says what they are.
  return { name, columns: [...systemColumns, ...columns], indexes: [...indexes], document };
}

function typeText(json: ValidatorJson): string {
  switch (json.type) {
    case 'id':
      return `id<${json.tableName}>`;
    case 'literal':
      return JSON.stringify(json.value);
    case 'array':
      return `array<${typeText(json.value)}>`;
    case 'union':
      return json.value.map(typeText).join(' | ');
    case 'vector':
      return `vector<${json.dimensions}>`;
    default:
      return json.type;
  }
}

async function showQuery(context: GatewayContext, path: string, args: object): Promise<Response> {
  const outcome = await query(context, path, args, null);
  return outcome.ok ? jsonResponse(outcome.value, 200) : failureResponse(outcome.error);
}

function query(context: GatewayContext, path: string, args: object, identity: Identity | null) {
  const call = {
    kind: 'query',
    path,
    args: JSON.stringify(args),
    identity,
    reach: 'any',
    requestId: newRequestId(),
    idempotencyKey: null,
  } as const;
  return objectOf(context).call(call);
}

type Sql = ParsedRequest<'POST /admin/projects/:project/iac/query'>['body'];

async function runSql(context: GatewayContext, { sql, params, claims }: Sql) {
  const identity = claims === undefined || claims === null ? null : madeUp(claims);
  const outcome = await query(context, sqlPath, { sql, params, asUser: claims !== undefined }, identity);
  if (!outcome.ok) return failureResponse(outcome.error);
  const rows: unknown = JSON.parse(outcome.value);
  if (!Array.isArray(rows)) throw new Error('The engine answered SQL with something else than rows.');
  const first: unknown = rows[0];
  return { columns: isPlainObject(first) ? Object.keys(first) : [], rows, row_count: rows.length };
}
