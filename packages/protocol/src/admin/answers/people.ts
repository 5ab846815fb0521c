import * as z from 'zod/mini';
import { role, shownKey } from './keys.ts';
import { instant, named } from './named.ts';

export const assignment = named(
  'Assignment',
  z.object({
    id: z.string(),
    admin_id: z.string(),
    role,
    /** Null: everywhere. */
    project: z.nullable(z.string()),
    created_by: z.string(),
    created_at: instant,
  }),
);

const admin = named('Admin', z.object({ id: z.string(), email: z.string(), name: z.string() }));

export const listedAdmin = named(
  'ListedAdmin',
  z.object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    created_at: instant,
    second_factor: z.boolean(),
    assignments: z.array(assignment),
  }),
);

/** `token` is told this once; null where it is in a cookie. */
export const signedIn = z.object({ admin, token: z.nullable(z.string()), expires_at: instant });

/** `must_enrol`: the installation wants a second factor, and they may do nothing before they have one. */
export const me = z.object({ admin, second_factor: z.boolean(), must_enrol: z.boolean() });

export const secondFactor = z.object({
  enabled: z.boolean(),
  /** Whether the installation wants everybody to have one. */
  required: z.boolean(),
  backup_codes_left: z.number(),
});

/** For an app that makes codes; nothing is asked for until a first code is confirmed. */
export const begunSecondFactor = z.object({
  /** `otpauth://totp/…` */
  uri: z.string(),
  /** The same for typing: base32. */
  secret: z.string(),
});

/** They are told this once, and each is good once. */
export const backupCodes = z.object({ backup_codes: z.array(z.string()) });

/** The link is told this once. */
export const passwordReset = z.object({ link: z.string(), expires_at: instant });

export const session = named(
  'Session',
  z.object({
    id: z.string(),
    /** Whether it is the one that asks. */
    current: z.boolean(),
    created_at: instant,
    last_used_at: instant,
    expires_at: instant,
    address: z.nullable(z.string()),
    user_agent: z.nullable(z.string()),
  }),
);

export const invitation = named(
  'Invitation',
  z.object({
    id: z.string(),
    email: z.string(),
    role,
    project: z.nullable(z.string()),
    created_by: z.string(),
    created_at: instant,
    expires_at: instant,
  }),
);

/** The link is told this once, and mailed if somebody brings the installation's mail. */
export const createdInvitation = z.object({ invitation, link: z.string(), mailed: z.boolean() });

/** What an admin who was taken away has left. */
export const removedAdmin = z.object({
  success: z.literal(true),
  revoked_keys: z.array(shownKey),
  /** Whoever removed them answers for these now. */
  kept_keys: z.array(shownKey),
  /** Projects' own keys that they made, and so have seen: these go on until they are rotated. */
  seen_keys: z.array(shownKey),
  withdrawn_invitations: z.array(invitation),
});

/** A program that somebody has looked at on the page, and that has not come to get in yet. */
export const waitingProgram = named(
  'WaitingProgram',
  z.object({
    id: z.string(),
    client: z.string(),
    address: z.nullable(z.string()),
    /** `approved`: it gets in when it asks next. */
    state: z.enum(['pending', 'approved']),
    created_at: instant,
    expires_at: instant,
  }),
);

/** Everything by which the one who asks is in, or somebody in their name. */
export const cliSessions = z.object({
  pending_authorizations: z.array(waitingProgram),
  active_keys: z.array(shownKey),
  sessions: z.array(session),
});
