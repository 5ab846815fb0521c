/** What stands beside the admin API, as OpenAPI: two doors for programs, and pages. */
import type * as z from 'zod/mini';
import { besides, deviceCode, deviceRefused, deviceRequests, deviceToken, deviceWaits } from './device.ts';

type Json = { readonly [name: string]: unknown };
type SchemaOf = (shape: z.core.$ZodType, io: 'input' | 'output') => Json;

type Beside = keyof typeof besides;

/** By address, then by method. */
export function besideOperations(schemaOf: SchemaOf): Readonly<Record<string, Readonly<Record<string, Json>>>> {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of Object.keys(besides).filter(isBeside)) {
    const [method = '', path = ''] = route.split(' ');
    const words = `${method.toLowerCase()}${path.replaceAll(/[/-](\w)/g, (_, letter: string) => letter.toUpperCase())}`;
    const common = { operationId: words, summary: besides[route], security: [] };
    paths[path] = { ...paths[path], [method.toLowerCase()]: { ...common, ...detailsOf(route, schemaOf) } };
  }
  return paths;
}

function detailsOf(route: Beside, schemaOf: SchemaOf): Json {
  const json = (shape: z.core.$ZodType): Json => ({ content: { 'application/json': { schema: schemaOf(shape, 'output') } } });
  const taking = (shape: z.core.$ZodType): Json => ({
    requestBody: { required: true, content: { 'application/json': { schema: schemaOf(shape, 'input') } } },
  });
  switch (route) {
    case 'POST /device/code':
      return { ...taking(deviceRequests.code), responses: { 200: { description: 'Done.', ...json(deviceCode) }, ...tooMany } };
    case 'POST /device/token':
      return {
        ...taking(deviceRequests.token),
        responses: {
          200: { description: 'It was let in.', ...json(deviceToken) },
          202: { description: 'Nobody has decided yet.', ...json(deviceWaits) },
          400: { description: 'It asks too often, or is not let in.', ...json(deviceRefused) },
          ...tooMany,
        },
      };
    case 'GET /device/verify':
      return { ...asking(route), responses: { 303: { description: 'To the page.' } } };
    default:
      return {
        ...asking(route),
        ...(route.startsWith('POST') ? form : {}),
        responses: {
          200: { description: 'A page without scripts.', ...page },
          ...(route.startsWith('POST') ? { 303: { description: 'To the next page.' } } : {}),
          default: { description: 'A page that says what is wrong.', ...page },
        },
      };
  }
}

const page = { content: { 'text/html': { schema: { type: 'string' } } } };
/** Only forms of pages of this origin are taken. */
const form = { requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: { type: 'object' } } } } };
const tooMany = {
  429: {
    description: 'limit/requests',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
  },
};

function asking(route: Beside): Json {
  const name = route.includes('/device') ? 'code' : 'token';
  if (route.startsWith('POST') || route.endsWith('/second-factor')) return {};
  return { parameters: [{ name, in: 'query', schema: { type: 'string' } }] };
}

function isBeside(text: string): text is Beside {
  return Object.hasOwn(besides, text);
}
