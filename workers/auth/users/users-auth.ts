import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { bearer } from 'better-auth/plugins/bearer';
import { jwt } from 'better-auth/plugins/jwt';
import { twoFactor } from 'better-auth/plugins/two-factor';
import { callUnderWay, currentCall, currentRows, whileMaking } from '../current-call.ts';
import { composeMessage, type MessageFacts } from '../messages/compose-message.ts';
import type { MessagePort } from '../messages/message.ts';
import { rowsAdapter } from '../rows-adapter.ts';
import { passwordWork } from './password-work.ts';
import { accessTokens, tellAccess } from './access-tokens.ts';
import { socialProviders } from './oauth/providers.ts';
import { withoutCode } from './phone-codes.ts';
import { afterReset } from './proven-mailbox.ts';
import { sessionRules } from './session-rules.ts';
import { assertDomain } from './email-domains.ts';
import { trustedOrigins } from './trusted-origins.ts';
import type { UsersCall } from './users-call.ts';
import { waysIn } from './ways/ways-in.ts';

export interface UsersAuth {
  readonly handler: (request: Request) => Promise<Response>;
}

/** Seconds that a link to confirm something is good. */
const confirmationLife = 60 * 60;

/** Signing in to one project. */
export function createUsersAuth(call: UsersCall, messages: MessagePort): Promise<UsersAuth> {
  return whileMaking(call, () => makeUsersAuth(call, messages));
}

async function makeUsersAuth({ context, origin, isDevelopment }: UsersCall, messages: MessagePort): Promise<UsersAuth> {
  const { settings, project } = context;
  const tokens = accessTokens(context.issuer);
  const send = async (facts: Omit<MessageFacts, 'app'>): Promise<void> => {
    // Nobody has told an address.
    if (facts.to.endsWith('.invalid')) return;
    await messages.send(composeMessage({ ...facts, app: project }, settings.templates)).catch(async (failure: unknown) => {
      const reason = failure instanceof Error ? failure.message : String(failure);
      console.error(JSON.stringify({ level: 'error', message: 'A message was not sent.', project, kind: facts.kind, failure: reason }));
      await currentCall().lost({ kind: facts.kind, reason });
    });
  };
  return betterAuth({
    appName: project,
    baseURL: origin,
    basePath: `/p/${project}/auth`,
    secret: context.secret,
    database: rowsAdapter(currentRows, (table, row) => withoutCode(context.secret, table, row)),
    telemetry: { enabled: false },
    // What callers did wrong is told to them; what is our own fault is told below.
    logger: { level: 'error', log: noteFault },
    onAPIError: { onError: tellFault },
    // Attempts are counted by account and by address, before anything is looked up.
    rateLimit: { enabled: false },
    trustedOrigins: trustedOrigins(settings.allowed_origins, isDevelopment),
    session: { expiresIn: settings.session_expiry_seconds, updateAge: Math.min(24 * 60 * 60, settings.session_expiry_seconds / 2) },
    verification: { storeIdentifier: 'hashed' },
    user: {
      additionalFields: {
        role: { type: 'string', required: false, input: false },
        banned: { type: 'boolean', required: false, input: false, returned: false },
        banReason: { type: 'string', required: false, input: false, returned: false },
        banExpires: { type: 'date', required: false, input: false, returned: false },
        metadata: { type: 'json', required: false, input: false },
      },
      changeEmail: { enabled: true },
      deleteUser: { enabled: true },
    },
    emailAndPassword: {
      enabled: settings.email_password_enabled,
      minPasswordLength: settings.password_min_length,
      password: passwordWork,
      requireEmailVerification: settings.require_email_verification,
      revokeSessionsOnPasswordReset: true,
      onPasswordReset: ({ user }, request) => afterReset(currentRows(), { user, request }),
      resetPasswordTokenExpiresIn: confirmationLife,
      onExistingUserSignUp: ({ user }) => send({ kind: 'exists', to: user.email }),
      sendResetPassword: ({ user, url }) => send({ kind: 'reset', to: user.email, link: url }),
    },
    emailVerification: {
      expiresIn: confirmationLife,
      sendOnSignUp: settings.require_email_verification,
      sendOnSignIn: settings.require_email_verification,
      autoSignInAfterVerification: false,
      sendVerificationEmail: ({ user, url }) => send({ kind: 'verify', to: user.email, link: url }),
    },
    socialProviders: socialProviders(settings, context.values),
    // What renews an issuer's tokens never leaves: whoever is signed in asks for one that is good, and it is renewed here.
    disabledPaths: ['/refresh-token'],
    account: { encryptOAuthTokens: true, accountLinking: { enabled: true, allowDifferentEmails: true } },
    databaseHooks: {
      user: {
        create: { before: async (user, context) => assertDomain({ ...user, path: context?.path ?? null }, settings) },
        update: {
          before: async ({ email, emailVerified }, context) =>
            email === undefined ? undefined : assertDomain({ email, emailVerified, path: context?.path ?? null }, settings),
        },
      },
      session: sessionRules(settings),
      account: withoutIdToken,
    },
    advanced: {
      cookiePrefix: project,
      ipAddress: { ipAddressHeaders: ['cf-connecting-ip'] },
      // Sessions are shown as `Authorization`, which no other site can send: cookies are taken off before a request gets here.
      disableCSRFCheck: true,
      disableOriginCheck: false,
      // How long a message takes says nothing about whether there is such an account.
      backgroundTasks: { handler: (work) => currentCall().later(work) },
    },
    plugins: [
      // What is in the database is no session yet: the signature is made with a secret that is not there in the clear.
      bearer({ requireSignature: true }),
      jwt(tokens),
      twoFactor({ issuer: project }),
      ...(await waysIn({ project, settings, values: context.values, isDevelopment, send })),
      tellAccess(tokens),
    ],
  });
}

function noteFault(_level: string, _message: string, ...[fault]: readonly unknown[]): void {
  const call = callUnderWay();
  if (call !== null && fault instanceof Error) call.fault = fault.message;
}

/** It says who somebody is, is checked when it comes, and is of no use to anybody who may look at it later. */
const withoutIdToken = {
  create: { before: async (account: object) => ({ data: { ...account, idToken: null } }) },
  update: { before: async (change: object) => ({ data: 'idToken' in change ? { ...change, idToken: null } : change }) },
};

function tellFault(thrown: unknown): void {
  if (thrown instanceof APIError) return;
  const failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  console.error(JSON.stringify({ level: 'error', message: 'Signing in failed.', failure }));
}
