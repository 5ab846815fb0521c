import { betterAuth } from 'better-auth/minimal';
import { bearer } from 'better-auth/plugins/bearer';
import { jwt } from 'better-auth/plugins/jwt';
import { currentRows } from '../current-call.ts';
import { rowsAdapter } from '../rows-adapter.ts';
import { accessTokens, tellAccess } from './access-tokens.ts';
import type { UsersCall } from './users-call.ts';

export interface UsersAuth {
  readonly handler: (request: Request) => Promise<Response>;
}

/** Signing in to one project. */
export function createUsersAuth({ context, origin }: UsersCall): UsersAuth {
  const tokens = accessTokens(context.issuer);
  return betterAuth({
    appName: context.project,
    baseURL: origin,
    basePath: `/p/${context.project}/auth`,
    secret: context.secret,
    database: rowsAdapter(currentRows),
    telemetry: { enabled: false },
    // What callers did wrong is told to them.
    logger: { level: 'error' },
    emailAndPassword: { enabled: true, autoSignIn: true },
    advanced: {
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
      // Sessions are shown as `Authorization`, which no other site can send: cookies are taken off before a request gets here.
      disableCSRFCheck: true,
      disableOriginCheck: false,
    },
    plugins: [
      // What is in the database is no session yet: the signature is made with a secret that is not there in the clear.
      bearer({ requireSignature: true }),
      jwt(tokens),
      tellAccess(tokens),
    ],
  });
}
