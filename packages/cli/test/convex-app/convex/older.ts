/** Helpers that newer ones have replaced. */
import { compareValues } from 'convex-helpers/server/compare';
import { NoOp } from 'convex-helpers/server/customFunctions';
import { zCustomQuery, zid } from 'convex-helpers/server/zod3';
import { z } from 'zod/v3';
import { query } from './_generated/server';

const zQuery = zCustomQuery(query, NoOp);

export const nameOf = zQuery({
  args: { id: zid('users'), upper: z.boolean().default(false) },
  handler: async (ctx, { id, upper }) => {
    const name = (await ctx.db.get('users', id))?.name ?? null;
    return upper ? (name?.toUpperCase() ?? null) : name;
  },
});

export const sorted = query({ args: {}, handler: async () => ['b', 1, null, true, 2n].sort((one, other) => compareValues(one, other)) });
