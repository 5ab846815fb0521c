/**
 * How a program without a browser gets in (RFC 8628): what it sends and what it is told. These two doors are beside the admin
 * API, for programs that have no key yet.
 */
import * as z from 'zod/mini';
import { named } from './answers/named.ts';

export const deviceRequests = {
  /** What the program calls itself, for the page on which somebody lets it in. */
  code: z.object({ client: z._default(z.string().check(z.maxLength(200)), 'a program') }),
  token: z.object({ device_code: z.string().check(z.maxLength(200)) }),
} as const;

/** Seconds, where it says how long. */
export const deviceCode = named(
  'DeviceCode',
  z.object({
    /** For the program. */
    device_code: z.string(),
    /** For the person: `BCDF-GHJK`. */
    user_code: z.string(),
    verification_uri: z.string(),
    verification_uri_complete: z.string(),
    expires_in: z.number(),
    interval: z.number(),
  }),
);

export const deviceToken = named(
  'DeviceToken',
  z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number(), email: z.string() }),
);

/** With 202: nobody has decided yet. */
export const deviceWaits = named('DeviceWaits', z.object({ error: z.literal('authorization_pending') }));

/** With 400. After `slow_down` the program waits five seconds longer each time. */
export const deviceRefused = named(
  'DeviceRefused',
  z.object({ error: z.enum(['slow_down', 'access_denied', 'expired_token', 'invalid_device_code']) }),
);

export type DeviceCode = z.output<typeof deviceCode>;
export const deviceAnswer = z.union([deviceToken, deviceWaits, deviceRefused]);
export type DeviceAnswer = z.output<typeof deviceAnswer>;

/** What stands beside the admin API at the installation's address: for each route what it is for. */
export const besides = {
  'POST /device/code': 'A code for a program that wants in, and one for the person who lets it in.',
  'POST /device/token': 'What became of it. Once somebody has let it in, its session: told this once.',
  'GET /device': 'The page on which a program is let in; `code` is what it shows.',
  'POST /device': 'The forms of that page.',
  'GET /device/verify': 'Leads to that page.',
  'GET /setup': 'The page on which the first admin is made; `token` is what was printed.',
  'POST /setup': 'Its form.',
  'GET /join': 'The page on which an invitation is taken up; `token` is in its link.',
  'POST /join': 'Its form.',
  'GET /reset': 'The page on which a forgotten password is replaced; `token` is in the link.',
  'POST /reset': 'Its forms.',
  'GET /second-factor': 'The page on which a second factor is set up.',
  'POST /second-factor': 'Its forms.',
} as const satisfies Readonly<Record<`${'GET' | 'POST'} /${string}`, string>>;
