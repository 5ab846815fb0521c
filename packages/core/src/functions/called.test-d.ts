import { internalQuery, query, v } from '../runtime.ts';

export const numbers = query({ args: { list: v.string() }, handler: () => [1, 2, 3] });
export const more = internalQuery({ handler: () => 4 });
