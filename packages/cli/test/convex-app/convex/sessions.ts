import { runSessionFunctions, vSessionId } from 'convex-helpers/server/sessions';
import { v } from 'convex/values';
import { api } from './_generated/api';
import { action, query } from './_generated/server';
import { sessionMutation } from './functions';

export const visit = sessionMutation({
  args: { page: v.string() },
  handler: async (ctx, { page }) => await ctx.db.insert('visits', { sessionId: ctx.sessionId, page }),
});

export const visits = query({
  args: { sessionId: vSessionId },
  handler: async (ctx, { sessionId }) => {
    const all = await ctx.db
      .query('visits')
      .withIndex('by_session', (q) => q.eq('sessionId', sessionId))
      .collect();
    return all.map(({ page }) => page);
  },
});

export const tour = action({
  args: { sessionId: vSessionId, pages: v.array(v.string()) },
  handler: async (ctx, { sessionId, pages }): Promise<string[]> => {
    const { runSessionMutation, runSessionQuery } = runSessionFunctions(ctx, sessionId);
    for (const page of pages) await runSessionMutation(api.sessions.visit, { page });
    return await runSessionQuery(api.sessions.visits);
  },
});
