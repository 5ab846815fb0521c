/** What `convex/server` exports beside functions, schema and routes. */
import { BetterBaseError } from '../errors/betterbase-error.ts';

export { docValidator } from '../schema/doc-validator.ts';

/** The api itself: which part of it somebody sees is a matter of types. */
export function filterApi<Api>(api: Api): Api {
  return api;
}

/** References to components. There are none, so using one says so; code that only names them works. */
export function componentsGeneric(): object {
  return new Proxy(
    {},
    {
      get: (_target, name) => {
        if (typeof name === 'symbol') return undefined;
        throw new BetterBaseError('function/not-found', `There is no component \`${name}\`: components are not supported.`, {
          hint: 'Use the library that the component wraps, or functions of your own.',
        });
      },
    },
  );
}

/** Writes for the record: a line in the project's log. */
export const log = {
  audit: async (body: Readonly<Record<string, unknown>>): Promise<void> => {
    console.info('audit', body);
  },
};
