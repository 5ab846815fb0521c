import { betterAuth } from 'better-auth/minimal';
import { currentRows } from '../current-call.ts';
import { rowsAdapter } from '../rows-adapter.ts';
import type { AdminsAnswer, AdminsOrder } from './admins-order.ts';

export type AdminsAuth = ReturnType<typeof createAdminsAuth>;

/** Signing in to the installation. It signs nothing: what opens a session is random, and only its digest is kept. */
export function createAdminsAuth() {
  const moments = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;
  return betterAuth({
    appName: 'BetterBase',
    baseURL: 'http://localhost',
    secret: crypto.randomUUID() + crypto.randomUUID(),
    database: rowsAdapter(currentRows),
    telemetry: { enabled: false },
    logger: { level: 'error' },
    emailAndPassword: { enabled: true, disableSignUp: true },
    user: { fields: { ...moments, emailVerified: 'email_verified' } },
    session: { fields: { ...moments, userId: 'user_id', expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent' } },
    account: {
      fields: {
        ...moments,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
  });
}

const byPassword = 'credential';
/** What is compared where there is no admin, so that it takes as long. */
let nobodysHash: Promise<string> | null = null;

export async function doForAdmins(auth: AdminsAuth, order: AdminsOrder): Promise<AdminsAnswer> {
  const { internalAdapter, password } = await auth.$context;
  switch (order.do) {
    case 'create': {
      const { email, name } = order;
      if ((await internalAdapter.findUserByEmail(email)) !== null) return null;
      const hash = await password.hash(order.password);
      // The link they came by went to this address, or the person at the server's console typed it.
      const made = await internalAdapter
        .createUser({ email, name, emailVerified: true }, { method: 'email-password' })
        .catch(async (failure) => {
          // Somebody else was a moment faster.
          if ((await internalAdapter.findUserByEmail(email)) !== null) return null;
          throw failure;
        });
      if (made === null) return null;
      const { id } = made;
      await internalAdapter.linkAccount({ userId: id, accountId: id, providerId: byPassword, password: hash });
      return id;
    }
    case 'check-password': {
      const nobodys = await (nobodysHash ??= password.hash(crypto.randomUUID()));
      const found = await internalAdapter.findUserByEmail(order.email, { includeAccounts: true });
      const hash = found?.accounts.find(({ providerId }) => providerId === byPassword)?.password;
      const isRight = await password.verify({ hash: hash ?? nobodys, password: order.password });
      return found !== null && typeof hash === 'string' && isRight ? found.user.id : null;
    }
    case 'set-password':
      await internalAdapter.updatePassword(order.admin, await password.hash(order.password));
      return order.admin;
    case 'open-session': {
      const { digest, expiresAt, address, userAgent } = order.session;
      const own = { token: digest, expiresAt: new Date(expiresAt), ipAddress: address, userAgent };
      return (await internalAdapter.createSession(order.admin, false, own, true)).id;
    }
    default:
      return order satisfies never;
  }
}
