import { BetterBaseError } from '../errors/betterbase-error.ts';
import type { AnyValue } from '../validators/any.ts';
import type { FunctionKind } from './function-kind.ts';
import { type FunctionPath, parseFunctionPath } from './function-path.ts';
import type { DefaultArgs, FunctionReference } from './function-reference.ts';

/** An api whose functions are not known: any path, any arguments. */
export interface AnyApi {
  readonly [name: string]: AnyApi & FunctionReference<AnyValue, AnyValue>;
}

/** A registered symbol: references cross from the app's copy of this package to the client's. */
const functionName = Symbol.for('functionName');

const handle = 'function://';

/** A function's name as text that can be stored, passed on, and called like a reference. */
export async function createFunctionHandle(reference: unknown): Promise<string> {
  return `${handle}${getFunctionName(reference)}`;
}

/** References by property: `anyApi.queries.todos.list` is `queries/todos:list`. */
export const anyApi: AnyApi = createApi();

/** References to the functions of an app, typed by what the app generated. */
export function createApi<Api extends object = AnyApi>(): Api {
  return proxyAt([]) as Api;
}

/**
 * The canonical name of a function: of a reference, or of a path as text.
 *
 * @throws BetterBaseError `function/bad-path`
 */
export function getFunctionName(reference: unknown): FunctionPath {
  if (typeof reference === 'string') return parseFunctionPath(reference.startsWith(handle) ? reference.slice(handle.length) : reference);
  if ((typeof reference === 'object' && reference !== null) || typeof reference === 'function') {
    const name: unknown = Reflect.get(reference, functionName);
    if (typeof name === 'string') return parseFunctionPath(name);
  }
  throw new BetterBaseError('function/bad-path', 'This is not a reference to a function.', {
    hint: 'Use api.queries.todos.list, or its name as text: "queries/todos:list".',
  });
}

/** A reference to a function whose name is only known as text. */
export function makeFunctionReference<Kind extends FunctionKind, Args extends DefaultArgs = AnyValue, Returns = AnyValue>(
  name: string,
): FunctionReference<Kind, 'public', Args, Returns> {
  const reference: object = { [functionName]: parseFunctionPath(name) };
  // The fields of a reference exist for the compiler only.
  return reference as FunctionReference<Kind, 'public', Args, Returns>;
}

/**
 * Lets a registered function stand for its reference: `ctx.runMutation(send, …)` instead of `internal.messages.send`.
 * Called by whoever loads an app, with each function and the path it was found at.
 */
export function nameFunction(registered: object, path: FunctionPath): void {
  Object.defineProperty(registered, functionName, { value: path, configurable: true });
}

function proxyAt(path: readonly string[]): object {
  return new Proxy(
    {},
    {
      get(_target, key) {
        if (typeof key === 'string') return proxyAt([...path, key]);
        if (key === functionName) return nameAt(path);
        return key === Symbol.toStringTag ? 'FunctionReference' : undefined;
      },
    },
  );
}

function nameAt(path: readonly string[]): string {
  const name = path.at(-1);
  if (name === undefined || path.length < 2) {
    throw new BetterBaseError('function/bad-path', `${JSON.stringify(['api', ...path].join('.'))} is not a function.`, {
      hint: 'A reference is a module and an export: api.messages.list, api.queries.todos.list.',
    });
  }
  return `${path.slice(0, -1).join('/')}:${name}`;
}
