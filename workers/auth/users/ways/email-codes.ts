import type { BetterAuthPlugin } from 'better-auth';
import { emailOTP } from 'better-auth/plugins/email-otp';
import { codeLife, wrongCodes } from './code-rules.ts';
import type { WaysInParts } from './ways-in.ts';

export function emailCodes({ send }: Pick<WaysInParts, 'send'>): BetterAuthPlugin {
  return emailOTP({
    expiresIn: codeLife,
    allowedAttempts: wrongCodes,
    storeOTP: 'hashed',
    sendVerificationOTP: ({ email, otp }) => send({ kind: 'code', to: email, code: otp }),
  });
}
