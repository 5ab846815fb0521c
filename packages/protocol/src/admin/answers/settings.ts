import * as z from 'zod/mini';
import type { InstanceSettings } from '../settings.ts';
import { named } from './named.ts';

export const settings: z.ZodMiniType<InstanceSettings> = named(
  'Settings',
  z.object({
    instance_name: z.string(),
    public_url: z.nullable(z.string()),
    contact_email: z.nullable(z.string()),
    log_retention_days: z.nullable(z.number()),
    session_days: z.number(),
    max_sessions_per_user: z.number(),
    ip_allowlist: z.array(z.string()),
    cors_origins: z.array(z.string()),
    invite_domains: z.array(z.string()),
    require_second_factor: z.boolean(),
  }),
);

export const mail = named(
  'Mail',
  z.object({
    provider: z.enum(['none', 'resend', 'relay', 'cloudflare']),
    from: z.nullable(z.string()),
    relay_url: z.nullable(z.string()),
    /** Whether there is one: it is not told. */
    has_secret: z.boolean(),
    projects: z.boolean(),
    project_mails_per_hour: z.number(),
  }),
);

const status = z.enum(['ok', 'error']);

export const health = z.object({
  health: z.object({
    /** Of the installation's own: how long it takes to ask it something. */
    database: z.object({ status, latency_ms: z.number() }),
    /** Of the isolate that answers: there are many, and they come and go. */
    server: z.object({ status, uptime_seconds: z.number() }),
  }),
});
