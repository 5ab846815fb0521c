/** BetterBase's own names of what better-auth does, and what has to be changed on the way there. Paths below `/auth`. */

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>> | null;
}

type Alias = (asked: Asked) => Asked;

const to =
  (path: string, change: (body: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>> = (body) => body): Alias =>
  ({ method, body }) => ({ method, path, body: body === null ? null : change(body) });

const aliases: Readonly<Record<string, Alias>> = {
  '/signup': to('/sign-up/email', (body) => ({ name: '', ...body })),
  '/login': to('/sign-in/email'),
  '/signin': to('/sign-in/email'),
  '/logout': to('/sign-out'),
  '/signout': to('/sign-out'),
  '/session': to('/get-session'),
  '/magic-link/send': to('/sign-in/magic-link'),
  '/otp/send': to('/email-otp/send-verification-otp', (body) => ({ type: 'sign-in', ...body })),
  '/otp/verify': to('/sign-in/email-otp', ({ code, ...body }) => ({ otp: code, ...body })),
  '/mfa/enable': to('/two-factor/enable'),
  '/mfa/verify': to('/two-factor/verify-totp'),
  '/mfa/challenge': to('/two-factor/verify-totp'),
  '/mfa/disable': to('/two-factor/disable'),
  '/phone/send': to('/phone-number/send-otp', ({ phone, ...body }) => ({ phoneNumber: phone, ...body })),
  '/phone/verify': to('/phone-number/verify', ({ phone, ...body }) => ({ phoneNumber: phone, ...body })),
};

/** What better-auth is asked for. */
export function meant(asked: Asked): Asked {
  const alias = Object.hasOwn(aliases, asked.path) ? aliases[asked.path] : undefined;
  return alias === undefined ? asked : alias(asked);
}
