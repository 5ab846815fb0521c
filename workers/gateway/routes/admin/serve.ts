/** Routes of the admin API, as the contract has them: what comes in is parsed by it, what goes out is typed by it. */
import { BetterBaseError } from '@betterbase/core';
import type { AdminRoute, AnswerOf } from '@betterbase/protocol/admin';
import { type ParsedRequest, requestOf } from '@betterbase/protocol/admin/requests';
import type { Hono } from 'hono';
import type * as z from 'zod/mini';
import type { GatewayContext, GatewayHono } from '../../gateway-context.ts';
import { readJson } from '../../request-body.ts';
import { inEnglish } from '../../schema-messages.ts';
import { json } from './answers.ts';

/** Answers with what the contract says, or with a response of its own: lines, or a refusal from elsewhere. */
type Handler<Route extends AdminRoute> = (
  context: GatewayContext,
  request: ParsedRequest<Route>,
) => Promise<AnswerOf<Route> | Response> | AnswerOf<Route> | Response;

/** @throws from the route: BetterBaseError `http/bad-json`, and `http/bad-body` or what the contract has instead */
export function serve<Route extends AdminRoute>(routes: Hono<GatewayHono>, route: Route, handler: Handler<Route>): void {
  const [method = '', path = ''] = route.split(' ');
  const { creates } = requestOf(route);
  routes.on(method, path.slice('/admin'.length), async (context) => {
    const answer: unknown = await handler(context, await parseRequest(context, route));
    return answer instanceof Response ? answer : json(answer, creates === true ? 201 : 200);
  });
}

async function parseRequest<Route extends AdminRoute>(context: GatewayContext, route: Route): Promise<ParsedRequest<Route>> {
  const { query, body } = requestOf(route);
  const parsed = {
    query: query === undefined ? undefined : parse(query, context.req.query(), route),
    body: body === undefined ? undefined : parse(body, await readJson(context.req.raw), route),
  };
  // The contract's own shapes have just parsed it.
  return parsed as ParsedRequest<Route>;
}

function parse(shape: z.ZodMiniType<object>, given: unknown, route: AdminRoute): object {
  const parsed = shape.safeParse(given, inEnglish);
  if (parsed.success) return parsed.data;
  const { hint, refusal = 'http/bad-body' } = requestOf(route);
  const problems = parsed.error.issues.map(({ path, message }) => [path.join('.'), message].filter((part) => part !== '').join(': '));
  throw new BetterBaseError(refusal, `This is not what is wanted here: ${problems.join('; ')}.`, {
    ...(hint === undefined ? {} : { hint }),
    details: { problems },
  });
}
