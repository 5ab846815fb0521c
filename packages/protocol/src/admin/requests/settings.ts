import * as z from 'zod/mini';
import { email } from './people.ts';

const origin = z.string().check(
  z.maxLength(300),
  z.refine(
    (text) => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text),
    'is no origin like https://app.example.com',
  ),
);
const domain = z.string().check(z.toLowerCase(), z.regex(/^(?=.{1,253}$)[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'is no domain'));
/** An address, or a range like 203.0.113.0/24; the server looks closer. */
const range = z.string().check(z.trim(), z.maxLength(60), z.regex(/^[0-9a-fA-F.:]+(?:\/\d{1,3})?$/, 'is no address or range'));
const list = <Shape extends z.core.$ZodType>(each: Shape) => z.exactOptional(z.array(each).check(z.maxLength(200)));

/** Those that change. */
export const settings = z.strictObject({
  instance_name: z.exactOptional(z.string().check(z.minLength(1), z.maxLength(100))),
  public_url: z.exactOptional(z.nullable(origin)),
  contact_email: z.exactOptional(z.nullable(email)),
  log_retention_days: z.exactOptional(z.nullable(z.int().check(z.minimum(1), z.maximum(3_650)))),
  session_days: z.exactOptional(z.int().check(z.minimum(1), z.maximum(365))),
  max_sessions_per_user: z.exactOptional(z.int().check(z.minimum(1), z.maximum(1_000))),
  ip_allowlist: list(range),
  cors_origins: list(origin),
  invite_domains: list(domain),
  require_second_factor: z.exactOptional(z.boolean()),
});

const from = z.string().check(z.minLength(3), z.maxLength(300), z.regex(/^[^\r\n]*@[^\r\n]*$/, 'is no sender'));
const secret = z.optional(z.string().check(z.minLength(1), z.maxLength(500)));

/** What is left out stays as it is. */
const forProjects = {
  /** Whether projects that have nobody of their own may use it. */
  projects: z.optional(z.boolean()),
  /** Mails of each project in an hour. */
  project_mails_per_hour: z.optional(z.int().check(z.minimum(1), z.maximum(100_000))),
};

/**
 * Who brings the installation's mail. `relay`: takes it as JSON over HTTPS, and speaks SMTP behind. `cloudflare`: the Worker's
 * own binding.
 */
export const mail = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('none') }),
  z.strictObject({ provider: z.literal('cloudflare'), from, ...forProjects }),
  z.strictObject({ provider: z.literal('resend'), from, api_key: secret, ...forProjects }),
  z.strictObject({
    provider: z.literal('relay'),
    from,
    relay_url: z.string().check(
      z.maxLength(2_000),
      z.refine((text) => URL.canParse(text), 'is no URL'),
    ),
    relay_token: secret,
    ...forProjects,
  }),
]);

export const mailTest = z.strictObject({ to: email });
