import type { AuthSettings } from '@betterbase/protocol/auth';
import { APIError, createAuthEndpoint, sessionMiddleware } from 'better-auth/api';
import { hasOtherWay } from './other-ways.ts';

/** In place of better-auth's: users do not lock themselves out. */
export function removePasskey(settings: AuthSettings) {
  return createAuthEndpoint('/passkey/delete-passkey', { method: 'POST', use: [sessionMiddleware] }, async (context) => {
    const { adapter, session } = context.context;
    const { id } = (context.body ?? {}) as { readonly id?: unknown };
    const where = [
      { field: 'id', value: typeof id === 'string' ? id : '' },
      { field: 'userId', value: session.user.id },
    ];
    if ((await adapter.count({ model: 'passkey', where })) === 0)
      throw new APIError('NOT_FOUND', { code: 'PASSKEY_NOT_FOUND', message: 'Passkey not found' });
    if (!(await hasOtherWay(context, session.user, settings)))
      throw new APIError('BAD_REQUEST', { code: 'LAST_WAY_IN', message: 'This is the only way into the account: add another one first.' });
    await adapter.delete({ model: 'passkey', where });
    return context.json({ status: true });
  });
}
