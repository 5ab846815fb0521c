/** Loaded where passkeys are on: the formats in which devices vouch for themselves weigh half as much as everything else here. */
import { getAuthenticatorName, passkey } from '@better-auth/passkey';
import type { AuthSettings } from '@betterbase/protocol/auth';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError, getSessionFromCtx } from 'better-auth/api';
import { afterRegistration } from './after-registration.ts';
import { askedOfDevice } from './asked-of-device.ts';
import { assertNew, isNewcomer, keepAnonymous, makeNewcomer, newcomer } from './newcomers.ts';
import { passkeyRules } from './passkey-rules.ts';
import { assertEnough, noteUse, tellCopies } from './passkey-use.ts';
import { removePasskey } from './remove-passkey.ts';

export interface PasskeysParts {
  /** That they are for. */
  readonly domain: string;
  readonly project: string;
  readonly settings: AuthSettings;
}

export function passkeys(parts: PasskeysParts): BetterAuthPlugin {
  const { domain, project, settings } = parts;
  const plugin = passkey({
    rpID: domain,
    rpName: project,
    authenticatorSelection: { residentKey: 'required', userVerification: settings.passkey_user_verification },
    registration: {
      // Who may begin is said by the rules.
      requireSession: false,
      resolveUser: ({ context }) => newcomer(context),
      afterVerification: async ({ ctx, verification, user, context }) => {
        const { userVerified = false, credential, aaguid = '' } = verification.registrationInfo ?? {};
        assertEnough(userVerified, settings.passkey_user_verification === 'required');
        await assertNew(ctx, credential?.id ?? '');
        const name = getAuthenticatorName(aaguid) ?? '';
        const session = await getSessionFromCtx(ctx);
        if (session !== null) await keepAnonymous(ctx, session.user, context);
        // What was asked for an account is of no use to somebody who is not signed in to it.
        else if (!isNewcomer(user)) throw new APIError('UNAUTHORIZED', { code: 'SESSION_REQUIRED', message: 'Sign in first.' });
        return session === null ? { userId: await makeNewcomer(ctx, project, context), name } : { name };
      },
    },
    authentication: {
      afterVerification: ({ ctx, verification }) => noteUse(ctx, verification.authenticationInfo, settings.passkey_user_verification),
    },
  });
  const rules = passkeyRules(settings);
  const { generatePasskeyRegistrationOptions: begin, verifyPasskeyRegistration: end } = plugin.endpoints;
  // As hooks they would not know yet who is signed in.
  Object.assign(begin.options, { use: [rules.begin] });
  Object.assign(end.options, { use: [rules.end] });
  return {
    ...plugin,
    endpoints: { ...plugin.endpoints, deletePasskey: removePasskey(settings) },
    schema: { passkey: { fields: { ...plugin.schema.passkey.fields, lastUsedAt: { type: 'date', required: false, input: false } } } },
    hooks: { after: [...askedOfDevice(settings), afterRegistration(settings), tellCopies(parts)] },
  };
}
