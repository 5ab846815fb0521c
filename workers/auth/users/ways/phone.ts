import type { BetterAuthPlugin } from 'better-auth';
import { phoneNumber } from 'better-auth/plugins/phone-number';
import { codeLife, wrongCodes } from './code-rules.ts';
import type { WaysInParts } from './ways-in.ts';

export function phoneNumbers({ send, project }: Pick<WaysInParts, 'send' | 'project'>): BetterAuthPlugin {
  return phoneNumber({
    expiresIn: codeLife,
    allowedAttempts: wrongCodes,
    phoneNumberValidator: (number) => /^\+[1-9]\d{6,14}$/.test(number),
    sendOTP: ({ phoneNumber: to, code }) => send({ kind: 'phone', to, code }),
    sendPasswordResetOTP: ({ phoneNumber: to, code }) => send({ kind: 'phone', to, code }),
    signUpOnVerification: {
      getTempEmail: (number) => `${number.slice(1)}@${project}.phone.invalid`,
      getTempName: (number) => number,
    },
  });
}
