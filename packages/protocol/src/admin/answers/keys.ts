import * as z from 'zod/mini';
import { permissions, roles } from '../permissions.ts';
import { instant, named } from './named.ts';

export const permission = named('Permission', z.enum(permissions));
export const role = named('Role', z.enum(roles));

/** Nothing of it opens anything. */
export const shownKey = named(
  'Key',
  z.object({
    id: z.string(),
    kind: z.enum(['live', 'publishable', 'secret', 'admin']),
    project: z.nullable(z.string()),
    name: z.string(),
    role: z.nullable(role),
    scopes: z.array(z.string()),
    prefix: z.string(),
    /** Id of the admin or key that made it, or `root`. */
    created_by: z.string(),
    /** Who answers for it: it can do no more than they can. */
    admin_id: z.nullable(z.string()),
    created_at: instant,
    expires_at: z.nullable(instant),
    last_used_at: z.nullable(instant),
    revoked_at: z.nullable(instant),
  }),
);

export const principal = named(
  'Principal',
  z.object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['root', 'key', 'admin']),
    /** What they may do where; `project` null: everywhere. */
    grants: z.array(z.object({ project: z.nullable(z.string()), permissions: z.array(permission) })),
    /** They may do nothing before they have a second factor. */
    must_enrol: z.boolean(),
  }),
);

/** `key` is told this once. */
export const createdKey = z.object({ api_key: shownKey, key: z.string() });

/** What ends with a key, and what does not. */
export const revokedKey = z.object({
  success: z.literal(true),
  /** The key itself first, unless it had been revoked before; then keys that it made, or that those made. */
  revoked_keys: z.array(shownKey),
  /** Made by it, and kept as that was asked for. */
  kept_keys: z.array(shownKey),
  /** Projects' own keys that it made, so that whoever had it has seen them: these go on until they are rotated. */
  seen_keys: z.array(shownKey),
});

/** `key` is told this once. What the key before it made ends with that one. */
export const rotatedKey = z.object({
  api_key: shownKey,
  key: z.string(),
  revoked_keys: z.array(shownKey),
  kept_keys: z.array(shownKey),
});

export const success = z.object({ success: z.literal(true) });
