import { zid } from 'convex-helpers/server/zod4';
import { z } from 'zod';
import { zMutation, zQuery } from './functions';

export const shout = zQuery({
  args: {
    text: z
      .string()
      .min(2)
      .transform((text) => text.toUpperCase()),
    times: z.number().int().default(1),
  },
  returns: z.object({ text: z.string() }),
  handler: async (_ctx, { text, times }) => ({ text: Array.from({ length: times }, () => text).join(' ') }),
});

export const rename = zMutation({
  args: { id: zid('users'), name: z.string().trim().min(1), tone: z.enum(['kind', 'plain']).optional() },
  handler: async (ctx, { id, name, tone }) => {
    await ctx.db.patch('users', id, { name: tone === 'kind' ? `dear ${name}` : name });
  },
});
