import type { AnswerOf } from '@betterbase/protocol/admin';
import type { GatewayContext } from '../gateway-context.ts';
import { listSessions } from './admin-store.ts';

/** The sessions of an admin, as they are shown to this admin. */
export async function shownSessions(
  { env, var: { session: current } }: GatewayContext,
  admin: string,
): Promise<AnswerOf<'GET /admin/auth/sessions'>['sessions']> {
  return (await listSessions(env.DB, admin, Date.now())).map((session) => ({
    id: session.id,
    current: session.id === current,
    created_at: Date.parse(session.createdAt),
    last_used_at: Date.parse(session.updatedAt),
    expires_at: Date.parse(session.expiresAt),
    address: session.ipAddress,
    user_agent: session.userAgent,
  }));
}
