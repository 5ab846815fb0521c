/** What is known of a passkey once it was used. */
import type { AuthSettings } from '@betterbase/protocol/auth';
import { type AuthenticationResponseJSON, type VerifiedAuthenticationResponse, verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { GenericEndpointContext } from 'better-auth';
import { APIError, createAuthMiddleware, isAPIError } from 'better-auth/api';
import { currentCall } from '../../current-call.ts';
import type { AfterHook } from './after-registration.ts';

interface KnownPasskey {
  readonly id: string;
  readonly userId: string;
  readonly credentialID: string;
  readonly publicKey: string;
  readonly counter: number;
}

/** A passkey stands for both factors: a device that asked nobody for a PIN or a finger has shown one only. */
export function assertEnough(isVerified: boolean, isRequired: boolean): void {
  if (isVerified || !isRequired) return;
  throw new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message: 'The device did not ask who is using it.' });
}

/** @throws APIError when that was one factor, and the account has two */
export async function noteUse(
  { context }: GenericEndpointContext,
  { credentialID, userVerified }: VerifiedAuthenticationResponse['authenticationInfo'],
  wanted: AuthSettings['passkey_user_verification'],
): Promise<void> {
  assertEnough(userVerified, wanted === 'required');
  const used = [{ field: 'credentialID', value: credentialID }];
  if (!userVerified) {
    const known = await context.adapter.findOne<KnownPasskey>({ model: 'passkey', where: used });
    const user = known === null ? null : await context.internalAdapter.findUserById(known.userId);
    assertEnough(false, user === null || (user as { readonly twoFactorEnabled?: unknown }).twoFactorEnabled === true);
  }
  await context.adapter.update({ model: 'passkey', where: used, update: { lastUsedAt: new Date() } });
}

/** A key that has gone back in its count is refused; that it was truly signed with the key is found out here, and told. */
export function tellCopies({ domain, project }: { readonly domain: string; readonly project: string }): AfterHook {
  return {
    matcher: ({ path }) => path === '/passkey/verify-authentication',
    handler: createAuthMiddleware(async ({ context, body, headers }) => {
      // Everything else was right, but for the signature, which nobody has looked at.
      if (!isAPIError(context.returned) || currentCall().fault?.startsWith('Response counter value') !== true) return;
      const { response } = body as { readonly response: AuthenticationResponseJSON };
      const where = [{ field: 'credentialID', value: response.id }];
      const known = await context.adapter.findOne<KnownPasskey>({ model: 'passkey', where });
      if (known === null) return;
      const checked = await verifyAuthenticationResponse({
        response,
        expectedChallenge: () => true,
        expectedOrigin: headers?.get('origin') ?? '',
        expectedRPID: domain,
        credential: { id: known.credentialID, publicKey: Uint8Array.from(atob(known.publicKey), (each) => each.charCodeAt(0)), counter: 0 },
        requireUserVerification: false,
      }).catch(() => null);
      if (checked?.verified !== true) return;
      const { id: passkey, userId: user, counter: before } = known;
      const counter = checked.authenticationInfo.newCounter;
      console.warn(JSON.stringify({ level: 'warn', message: 'A passkey may have been copied.', project, user, passkey, counter, before }));
    }),
  };
}
