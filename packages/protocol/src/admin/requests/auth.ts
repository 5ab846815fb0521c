import * as z from 'zod/mini';

const seconds = z.int().check(z.minimum(60), z.maximum(10 * 365 * 24 * 60 * 60));
/** However it is written: capitals, and letters of any language. */
const domain = z.string().check(z.maxLength(253), z.regex(/^[\p{L}\p{N}\p{M}-]+(?:\.[\p{L}\p{N}\p{M}-]+)+$/u, 'is no domain'));
const domains = z.array(domain).check(z.maxLength(1_000));
const secret = z.string().check(z.maxLength(500));
const messageKind = z.literal(['verify', 'reset', 'change', 'exists', 'code', 'link', 'phone']);
const text = z.string().check(z.maxLength(20_000));

/** Changes of how people may sign in: what is not named stays as it is. */
export const authSettingsChange = z.partial(
  z.strictObject({
    email_password_enabled: z.boolean(),
    magic_link_enabled: z.boolean(),
    otp_enabled: z.boolean(),
    phone_enabled: z.boolean(),
    anonymous_enabled: z.boolean(),
    anonymous_merge: z.string().check(z.maxLength(300), z.regex(/^(?:[\w/.-]+:\w+)?$/, 'is no function like users:merge')),
    passkey_enabled: z.boolean(),
    passkey_rp_id: z.string().check(z.maxLength(253), z.regex(/^[a-z0-9.-]*$/, 'is no domain')),
    passkey_sign_up_enabled: z.boolean(),
    passkey_user_verification: z.literal(['required', 'preferred']),
    passkey_max_per_user: z.int().check(z.minimum(1), z.maximum(100)),
    password_min_length: z.int().check(z.minimum(6), z.maximum(128)),
    require_email_verification: z.boolean(),
    session_expiry_seconds: seconds,
    refresh_token_expiry_seconds: seconds,
    max_sessions_per_user: z.int().check(z.minimum(0), z.maximum(1_000)),
    allowed_email_domains: domains,
    blocked_email_domains: domains,
    provider_google: z.boolean(),
    provider_github: z.boolean(),
    provider_discord: z.boolean(),
    provider_apple: z.boolean(),
    provider_microsoft: z.boolean(),
    provider_twitter: z.boolean(),
    provider_facebook: z.boolean(),
    twilio_account_sid: secret,
    twilio_auth_token: secret,
    twilio_phone_number: secret,
    allowed_origins: z
      .array(z.string().check(z.regex(/^(?:https?|[a-z][a-z0-9+.-]*):\/\/[^/?#\s*]*$/i, 'is no origin')))
      .check(z.maxLength(100)),
    oidc_providers: z.record(
      z.string().check(z.regex(/^[a-z][a-z0-9_-]{0,30}$/, 'is no name')),
      z.strictObject({
        issuer: z.string().check(z.maxLength(500), z.regex(/^https?:\/\//, 'is no URL')),
        client_id: secret,
        scopes: z.optional(z.array(z.string().check(z.maxLength(100))).check(z.maxLength(20))),
      }),
    ),
    templates: z.partialRecord(
      messageKind,
      z.strictObject({ subject: z.optional(z.string().check(z.maxLength(200))), text, html: z.optional(text) }),
    ),
  }),
);

/** A message to look at, and to send where it says to. */
export const messageWanted = z.strictObject({ kind: messageKind, to: z.optional(z.string().check(z.minLength(3), z.maxLength(320))) });

/** What is changed of one user. */
export const userChange = z.partial(
  z.strictObject({
    name: z.string().check(z.maxLength(200)),
    role: z.nullable(z.string().check(z.maxLength(100))),
    metadata: z.record(z.string(), z.unknown()),
    banned: z.boolean(),
    ban_reason: z.string().check(z.maxLength(500)),
    /** ms since 1970; null: for good. */
    ban_expires: z.nullable(z.number()),
  }),
);

export const usersPlace = z.object({
  /** The id of the last user of the page before. */
  after: z.optional(z.string()),
  limit: z._default(z.coerce.number().check(z.minimum(1), z.maximum(500)), 100),
  email: z.optional(z.string()),
});
