/**
 * Runs what needs the world: actions and HTTP routes. Stateless; the data is reached through the host.
 *
 * Holds: the app's functions. Several calls may be under way at once, each with its own log (`LogScope`).
 */
import {
  BetterBaseError,
  completeLimits,
  decodeFromJson,
  encodeToJson,
  findHttpRoute,
  getFunctionName,
  parseFunctionPath,
  parseLimits,
  type ProjectLimits,
  type Value,
} from '@betterbase/core';
import { buildVectorFilter } from '../database/vector-filter.ts';
import { appManifest } from '../run/app-manifest.ts';
import type { AppModule } from '../run/app-module.ts';
import { checkResult, encodeResult, parseArguments } from '../run/call-values.ts';
import { FunctionMeta } from '../run/function-meta.ts';
import { FunctionRegistry } from '../run/function-registry.ts';
import { vectorSearchPath } from '../run/system-functions.ts';
import { nearLimits } from '../run/limit-warnings.ts';
import { LogLines } from '../run/log-lines.ts';
import { onFirstUse } from '../run/on-first-use.ts';
import { toFailure } from '../run/wire-failure.ts';
import { actionScheduler } from '../schedule/scheduler-functions.ts';
import type { BackfillParcel } from '../turn/backfill-request.ts';
import type { FunctionCall, Outcome } from '../turn/turn.ts';
import { countingHost } from './counting-host.ts';
import { errorFromWire } from './error-from-wire.ts';
import { changeDocuments } from './change-documents.ts';
import type { ActionHost, ActionResult, EdgeDoor, RouteCall } from './edge.ts';
import { limitRequest, limitResponse } from './http-bodies.ts';

export interface EdgeParts {
  readonly app: AppModule;
  readonly now: () => number;
  readonly isDevelopment: boolean;
  /** What the project is called. Absent: nobody knows. */
  readonly project?: string;
  /** Runs `work` so that what it prints, now and after every await, goes to `log`. */
  readonly withLog: <T>(log: LogLines, work: () => Promise<T>) => Promise<T>;
}

export class EdgeRunner implements EdgeDoor {
  readonly #parts: EdgeParts;
  readonly #registry: FunctionRegistry;
  readonly #limits: () => ProjectLimits;

  constructor(parts: EdgeParts) {
    this.#parts = parts;
    this.#limits = onFirstUse(() => completeLimits(parseLimits(parts.app.limits)));
    this.#registry = new FunctionRegistry(parts.app);
  }

  async describe(): ReturnType<EdgeDoor['describe']> {
    try {
      return { ok: true, manifest: await appManifest(this.#parts.app, this.#parts) };
    } catch (thrown) {
      return { ok: false, error: toFailure(thrown, { path: 'betterbase', requestId: '', isDevelopment: true }).error };
    }
  }

  async changeDocuments(parcel: BackfillParcel): ReturnType<EdgeDoor['changeDocuments']> {
    return changeDocuments(this.#parts.app, parcel);
  }

  async runAction(call: FunctionCall, host: ActionHost): Promise<ActionResult> {
    const { now, isDevelopment, withLog, project = '' } = this.#parts;
    const startedAt = now();
    const limits = this.#limits();
    const log = new LogLines(limits);
    const report = (): ActionResult['report'] => ({
      path: call.path,
      milliseconds: now() - startedAt,
      rowsRead: 0,
      rowsWritten: 0,
      lines: log.lines,
    });
    try {
      const target = this.#registry.find(call.path, 'action', call.reach);
      const args = parseArguments(target, call.args, limits, {});
      const result = await withLog(
        log,
        async () =>
          await target.definition.handler(
            { ...actionContext(call, countingHost(host, limits), now), meta: new FunctionMeta({ target, call, project }) },
            args,
          ),
      );
      const value = encodeResult(target, checkResult(target, result, {}), limits);
      if (isDevelopment) log.lines.push(...nearLimits({ argumentBytes: call.args.length, resultBytes: value.length }, limits));
      return { outcome: { ok: true, value }, report: report() };
    } catch (thrown) {
      const { error, stack } = toFailure(thrown, { path: call.path, requestId: call.requestId, isDevelopment });
      return { outcome: { ok: false, error }, report: { ...report(), ...(stack === undefined ? {} : { stack }) } };
    }
  }

  /** @throws whatever the route's handler throws; the door outside turns it into an answer. */
  async serve(request: Request, path: string, call: RouteCall, host: ActionHost): Promise<Response> {
    const route = findHttpRoute(this.#parts.app.http, path, request.method);
    if (route === null) {
      throw new BetterBaseError('http/not-found', `No HttpAction routed for ${path}`, {
        hint: 'Add a route in betterbase/http.ts: http.route({ path, method, handler }).',
      });
    }
    const limits = this.#limits();
    const bounded = limitRequest(request, limits);
    const log = new LogLines(limits);
    const { withLog, now, project = '' } = this.#parts;
    const meta = new FunctionMeta({ target: routeFunction, call, project });
    const context = { ...actionContext(call, countingHost(host, limits), now), meta };
    const response: unknown = await withLog(log, async () => await route.handler(context, bounded));
    if (response instanceof Response) return limitResponse(response, limits);
    throw new BetterBaseError('returns/invalid', `The HTTP route ${request.method} ${path} did not return a Response.`, {
      hint: 'Return new Response(…) from the httpAction.',
    });
  }
}

/** Routes are no functions with names; to themselves they are the one that answers requests. */
const routeFunction = { path: 'http:default', definition: { kind: 'action', visibility: 'public' } } as const;

/** `ctx` of an action: no database of its own, but every function of the project. */
function actionContext({ identity, refusal = null }: Pick<RouteCall, 'identity' | 'refusal'>, host: ActionHost, now: () => number): object {
  const run =
    (kind: 'query' | 'mutation' | 'action') =>
    async (reference: unknown, args: unknown = {}): Promise<Value> => {
      const path = parseFunctionPath(getFunctionName(reference));
      return valueOf(await host.run(kind, path, encodeToJson((args ?? {}) as Value)));
    };
  const runMutation = run('mutation');
  return {
    auth: {
      getUserIdentity: async () => {
        if (refusal !== null) throw errorFromWire(refusal);
        return identity;
      },
      get userId() {
        return identity?.subject ?? null;
      },
    },
    runQuery: run('query'),
    vectorSearch: async (
      table: string,
      index: string,
      options: { readonly vector: Value; readonly limit?: Value; readonly filter?: unknown },
    ): Promise<Value> => {
      const anyOf = buildVectorFilter(options.filter).map(({ field, value }) => (value === undefined ? [field] : [field, value]));
      const args = encodeToJson({ table, index, vector: options.vector, limit: options.limit ?? 10, anyOf });
      return valueOf(await host.run('query', vectorSearchPath, args));
    },
    runMutation,
    runAction: run('action'),
    scheduler: actionScheduler(now, runMutation),
  };
}

function valueOf(outcome: Outcome): Value {
  if (outcome.ok) return decodeFromJson(outcome.value);
  throw errorFromWire(outcome.error);
}
