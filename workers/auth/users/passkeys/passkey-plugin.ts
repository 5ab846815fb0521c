/** Loaded where passkeys are on: the formats in which devices vouch for themselves weigh half as much as everything else here. */
import { passkey } from '@better-auth/passkey';
import type { BetterAuthPlugin } from 'better-auth';
import { APIError } from 'better-auth/api';

/** @param rpID the domain that they are for */
export function passkeys(rpID: string, project: string): BetterAuthPlugin {
  return passkey({
    rpID,
    rpName: project,
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    registration: { afterVerification: ({ verification }) => assertVerified(verification.registrationInfo?.userVerified) },
    authentication: { afterVerification: ({ verification }) => assertVerified(verification.authenticationInfo.userVerified) },
  });
}

/** A passkey stands for both factors: a device that asked nobody for a PIN or a finger has shown one only. */
function assertVerified(isVerified: boolean | undefined): void {
  if (isVerified === true) return;
  throw new APIError('UNAUTHORIZED', { code: 'USER_NOT_VERIFIED', message: 'The device did not ask who is using it.' });
}
