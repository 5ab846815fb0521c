/** Functions that the npm package `convex` made, where its imports were not resolved to this package: in tests, in built libraries. */
import { validatorFromJson } from '../validators/validator-from-json.ts';
import type { Validator } from '../validators/validator.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { FunctionKind } from './function-kind.ts';

const kinds: readonly (readonly [flag: string, kind: FunctionKind | 'http'])[] = [
  ['isQuery', 'query'],
  ['isMutation', 'mutation'],
  ['isAction', 'action'],
  ['isHttp', 'http'],
];

/** By its public marks; null for what is none. @throws BetterBaseError `schema/invalid` for validators of an unknown kind. */
export function readConvexFunction(value: object): FunctionDefinition | null {
  const kind = kinds.find(([flag]) => Reflect.get(value, flag) === true)?.[1];
  const handler: unknown = Reflect.get(value, '_handler');
  if (kind === undefined || !isHandler(handler)) return null;
  const visibility = Reflect.get(value, 'isInternal') === true ? 'internal' : 'public';
  return {
    kind,
    visibility,
    args: readValidator(value, 'exportArgs'),
    returns: readValidator(value, 'exportReturns'),
    handler,
    optimistic: null,
  };
}

function readValidator(value: object, method: 'exportArgs' | 'exportReturns'): Validator | null {
  const given: unknown = Reflect.get(value, method);
  if (typeof given !== 'function') return null;
  // The package's own export; `validatorFromJson` refuses what it does not know.
  const json = JSON.parse(String(Reflect.apply(given, value, []))) as Validator['json'] | null;
  return json === null || json.type === 'any' ? null : validatorFromJson(json);
}

function isHandler(value: unknown): value is FunctionDefinition['handler'] {
  return typeof value === 'function';
}
