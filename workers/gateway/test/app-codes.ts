import { createOTP } from '@better-auth/utils/otp';
import { base32 } from '@better-auth/utils/base32';

const period = 30;

/** What an app shows that was given this secret, or will show in so many periods. */
export function appCode(secret: string, periods = 0): Promise<string> {
  const bytes = base32.decode(secret);
  return createOTP(new TextDecoder().decode(bytes), { period }).hotp(Math.floor(Date.now() / (period * 1000)) + periods);
}
