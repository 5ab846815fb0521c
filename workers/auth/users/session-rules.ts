import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthOptions } from 'better-auth';
import { APIError } from 'better-auth/api';
import { currentRows } from '../current-call.ts';

type SessionHooks = NonNullable<NonNullable<BetterAuthOptions['databaseHooks']>['session']>;

const isEqual = { operator: 'eq', connector: 'AND', mode: 'sensitive' } as const;

/** Who may have a session, how many, and how long at most. */
export function sessionRules(settings: AuthSettings): SessionHooks {
  const longest = settings.refresh_token_expiry_seconds * 1000;
  return {
    create: {
      before: async (session) => {
        await assertNotBanned(session.userId);
        return { data: { ...session, expiresAt: new Date(Math.min(session.expiresAt.getTime(), Date.now() + longest)) } };
      },
      after: async ({ userId }) => {
        const most = settings.max_sessions_per_user;
        if (most > 0) await endOldest(userId, most);
      },
    },
    update: {
      before: async (change, context) => {
        const known = context?.context.session?.session;
        if (change.expiresAt === undefined || known === undefined) return undefined;
        const until = Math.min(change.expiresAt.getTime(), known.createdAt.getTime() + longest);
        return { data: { ...change, expiresAt: new Date(until) } };
      },
    },
  };
}

async function assertNotBanned(user: string): Promise<void> {
  const where = [{ field: 'id', value: user, ...isEqual }];
  const { rows } = await currentRows().rows({ do: 'find', table: 'user', where, limit: 1, offset: 0, sort: null });
  const { banned, banExpires } = rows[0] ?? {};
  if (banned !== 1 || Date.parse(String(banExpires)) <= Date.now()) return;
  throw new APIError('FORBIDDEN', { code: 'BANNED_USER', message: 'This account may not sign in.' });
}

async function endOldest(user: string, most: number): Promise<void> {
  const where = [{ field: 'userId', value: user, ...isEqual }];
  const sort = { field: 'createdAt', direction: 'desc' } as const;
  const { rows } = await currentRows().rows({ do: 'find', table: 'session', where, limit: 1_000, offset: most, sort });
  const ids = rows.map(({ id }) => String(id));
  if (ids.length === 0) return;
  await currentRows().rows({
    do: 'delete',
    table: 'session',
    where: [{ field: 'id', operator: 'in', value: ids, connector: 'AND', mode: 'sensitive' }],
    reach: 'all',
  });
}
