import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { AnyDataModel, GenericDataModel } from '../schema/data-model.ts';
import type { ActionCtx } from './context.ts';
import { functionDefinition, type Registered, registerFunction } from './registered-function.ts';

/** A handler of HTTP requests, for a route of `http.ts`. */
export interface HttpAction extends Registered<'http', 'public', Request, Promise<Response>> {
  readonly isHttp: true;
}

export type HttpActionBuilder<Model extends GenericDataModel = AnyDataModel> = (
  handler: (ctx: ActionCtx<Model>, request: Request) => Promise<Response> | Response,
) => HttpAction;

/**
 * Answers HTTP requests: `(ctx, request) => Response`.
 *
 * @example http.route({ path: '/hook', method: 'POST', handler: httpAction(async (ctx, request) => new Response('ok')) });
 */
export const httpAction: HttpActionBuilder = (handler) => {
  if (typeof handler !== 'function') {
    throw new BetterBaseError('function/bad-definition', 'httpAction(…) takes a function (ctx, request) => Response.');
  }
  return registerFunction<HttpAction>({ kind: 'http', visibility: 'public', args: null, returns: null, handler, optimistic: null });
};

/** Convex's name. */
export { httpAction as httpActionGeneric };

export function isHttpAction(value: unknown): value is HttpAction {
  return functionDefinition(value)?.kind === 'http';
}
