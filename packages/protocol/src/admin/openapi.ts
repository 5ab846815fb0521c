/** The contract as an OpenAPI 3.1 document. */
import { type ErrorCode, errorCodes, isPlainObject } from '@betterbase/core';
import * as z from 'zod/mini';
import { type AdminRoute, adminRoutes, adminTable } from './admin-table.ts';
import { refusal } from './answers/errors.ts';
import { namedShapes } from './answers/named.ts';
import { adminContract, type RouteContract } from './contract.ts';
import { besideOperations } from './openapi-besides.ts';
import { type AdminRequest, requestOf } from './requests/index.ts';

type Json = { readonly [name: string]: unknown };

const everywhere = ['auth/required', 'auth/bad-key', 'auth/forbidden', 'auth/too-many-attempts', 'limit/requests'] as const;
const ofBodies = ['http/bad-json', 'http/body-too-large'] as const;

export function openApiDocument(): Json {
  const components: Record<string, unknown> = {};
  const schemaOf = (shape: z.core.$ZodType, io: 'input' | 'output'): Json => {
    const { $defs = {}, $schema: _, ...schema } = z.toJSONSchema(shape, { io, metadata: namedShapes });
    for (const [name, each] of Object.entries($defs)) components[name] = moved(each);
    return moved(schema);
  };
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of adminRoutes) {
    const [method = '', path = ''] = route.split(' ');
    const address = path.replaceAll(/:(\w+)/g, '{$1}');
    paths[address] = { ...paths[address], [method.toLowerCase()]: operation(route, schemaOf) };
  }
  for (const [path, methods] of Object.entries(besideOperations(schemaOf))) paths[path] = { ...paths[path], ...methods };
  schemaOf(z.object({ refusal }), 'output');
  return {
    openapi: '3.1.0',
    info: { title: 'BetterBase admin API', version: '1' },
    security: [{ key: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key, or what `bb login` got.' } },
    },
  };
}

function operation(route: AdminRoute, schemaOf: (shape: z.core.$ZodType, io: 'input' | 'output') => Json): Json {
  const contract: RouteContract = adminContract[route];
  const request = requestOf(route);
  const { permission, scope, rate, audit } = adminTable[route];
  const type = contract.lines === true ? 'application/x-ndjson' : 'application/json';
  return {
    operationId: nameOf(route),
    summary: contract.summary,
    'x-permission': permission,
    'x-scope': scope,
    'x-rate': rate,
    ...(audit === null ? {} : { 'x-audit': audit }),
    parameters: [...pathParameters(route), ...queryParameters(request, schemaOf)],
    ...bodyOf(request, schemaOf),
    responses: {
      [request.creates === true ? '201' : '200']: {
        description: 'Done.',
        content: { [type]: { schema: schemaOf(contract.answer, 'output') } },
      },
      ...refusals(contract, request),
    },
  };
}

function pathParameters(route: AdminRoute): readonly Json[] {
  return [...route.matchAll(/:(\w+)/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function queryParameters({ query }: AdminRequest, schemaOf: (shape: z.core.$ZodType, io: 'input') => Json): readonly Json[] {
  if (query === undefined) return [];
  const { properties } = schemaOf(query, 'input');
  const named = isPlainObject(properties) ? properties : {};
  return Object.entries(named).map(([name, schema]) => ({ name, in: 'query', schema }));
}

function bodyOf({ body, lines }: AdminRequest, schemaOf: (shape: z.core.$ZodType, io: 'input') => Json): Json {
  if (lines === true) return { requestBody: { required: true, content: { 'application/x-ndjson': { schema: {} } } } };
  if (body === undefined) return {};
  return { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } };
}

/** By status, with the codes that tell them apart. */
function refusals({ errors = [] }: RouteContract, { body, query, refusal: bad = 'http/bad-body' }: AdminRequest): Json {
  const codes = [
    ...everywhere,
    ...errors,
    ...(body === undefined ? [] : ofBodies),
    ...(body === undefined && query === undefined ? [] : [bad]),
  ];
  const byStatus = Map.groupBy(new Set<ErrorCode>(codes), (code) => errorCodes[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, each]) => [
      String(status),
      {
        description: each.join(', '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
      },
    ]),
  );
}

/** `POST /admin/projects/:project/keys/:kind/rotate` → `postProjectsKeysRotate` */
function nameOf(route: AdminRoute): string {
  const [method = '', path = ''] = route.split(' ');
  const words = path
    .split('/')
    .slice(2)
    .map((word) => (word.startsWith(':') ? `by-${word.slice(1)}` : word));
  return [method.toLowerCase(), ...words].join('-').replaceAll(/[-.]+(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** References to where OpenAPI keeps shapes. */
function moved(schema: unknown): Json {
  const told: unknown = JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'));
  return isPlainObject(told) ? told : {};
}
