import { query } from '../_generated/server';

const most = 200;

/** The caller's, newest first. */
export const list = query({
  args: {},
  handler: async ({ auth, db }) => {
    const notes = db.asUser().query('notes');
    return await notes
      .withIndex('by_owner', (q) => q.eq('owner', auth.userId ?? ''))
      .order('desc')
      .take(most);
  },
});
