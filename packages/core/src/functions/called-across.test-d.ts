/** An app's module whose functions return what functions of another module return: nothing has to be annotated. */
import { expectType, type Same } from '../validators/expect-type.ts';
// An app's generated api closes this circle too: it names every module, and modules import it.
// oxlint-disable-next-line import/no-cycle
import type * as across from './called-across.test-d.ts';
import type * as called from './called.test-d.ts';
import { type ApiFromModules, action, createApi, type FilterApi, type FunctionReturnType, v } from '../runtime.ts';

type FullApi = ApiFromModules<{ 'actions/across': typeof across; 'queries/called': typeof called }>;
type Api = FilterApi<FullApi, 'public'>;
const api = createApi<Api>();
const internal = createApi<FilterApi<FullApi, 'internal'>>();

export const total = action({
  args: { list: v.string() },
  handler: async (ctx, { list }) => {
    const numbers = await ctx.runQuery(api.queries.called.numbers, { list });
    const more = await ctx.runQuery(internal.queries.called.more);
    return { total: numbers.length + more };
  },
});

expectType<Same<FunctionReturnType<Api['actions']['across']['total']>, { total: number }>>();
