import { defineRateLimits, isRateLimitError } from 'convex-helpers/server/rateLimit';
import { v } from 'convex/values';
import { mutation } from './_generated/server';

const { checkRateLimit, rateLimit, resetRateLimit } = defineRateLimits({
  send: { kind: 'token bucket', rate: 2, period: 60_000, capacity: 2 },
  window: { kind: 'fixed window', rate: 1, period: 60_000 },
});

export const send = mutation({
  args: { key: v.string(), throws: v.optional(v.boolean()) },
  handler: async (ctx, { key, throws = false }) => {
    const { ok } = await checkRateLimit(ctx, { name: 'send', key });
    await rateLimit(ctx, { name: 'send', key, throws });
    return ok;
  },
});

export const sendTwiceInAWindow = mutation({
  args: {},
  handler: async (ctx) => {
    await rateLimit(ctx, { name: 'window', throws: true });
    try {
      await rateLimit(ctx, { name: 'window', throws: true });
      return 'both';
    } catch (error) {
      return isRateLimitError(error) ? error.data.name : 'something else';
    }
  },
});

export const reset = mutation({
  args: { key: v.string() },
  handler: async (ctx, { key }) => await resetRateLimit(ctx, { name: 'send', key }),
});
