/** What a request adds to the audit log, and reading the log. */
import { and, count, desc, eq, gte, inArray, lte, type SQL } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import type { AuditEntry, AuditNote } from '../../../durable-objects/project/audit/audit-entry.ts';
import { auditLog } from '../../../migrations/schema.ts';
import type { GatewayContext } from '../gateway-context.ts';
import { addressOf } from './find-principal.ts';

export interface Audited {
  readonly resourceType:
    | 'api_key'
    | 'project'
    | 'deployment'
    | 'environment'
    | 'data'
    | 'admin'
    | 'session'
    | 'invitation'
    | 'role'
    | 'settings'
    | 'second_factor'
    | 'user'
    | 'auth_settings'
    | 'device';
  readonly resourceId: string | null;
  readonly project: string | null;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** For a change that happens elsewhere: who makes it now. What is done is what the table says of the route. */
export function auditNote(context: GatewayContext, { resourceType, resourceId, project, before, after }: Audited): AuditNote {
  const { principal, audit } = context.var;
  if (audit === null) throw new Error('The table says of this route that it changes nothing.');
  return {
    id: crypto.randomUUID(),
    at: Date.now(),
    actor: principal.id,
    actorName: principal.name,
    address: addressOf(context),
    action: audit,
    resourceType,
    resourceId,
    project,
    before: before ?? null,
    after: after ?? null,
  };
}

/** For a change in D1: to be put into its batch. */
export function addEntry(database: DrizzleD1Database, context: GatewayContext, audited: Audited) {
  return database.insert(auditLog).values({ ...auditNote(context, audited), outcome: 'done' });
}

/** D1 binds a hundred values at most, and an entry has twelve. */
const mostEntries = 8;

/** For a change of many things in D1: to be put into its batch. */
export function addEntries(database: DrizzleD1Database, context: GatewayContext, audited: readonly Audited[]) {
  const entries = audited.map((each) => ({ ...auditNote(context, each), outcome: 'done' }));
  const pieces = Array.from({ length: Math.ceil(entries.length / mostEntries) }, (_, at) => at * mostEntries);
  return pieces.map((at) => database.insert(auditLog).values(entries.slice(at, at + mostEntries)));
}

/** For a change that takes more than D1: written before it begins, as one of which nobody knows how it ended. */
export function beginEntry(database: DrizzleD1Database, note: AuditNote) {
  return database.insert(auditLog).values({ ...note, outcome: 'unknown' });
}

export function settleEntry(database: DrizzleD1Database, id: string, outcome: string) {
  return database.update(auditLog).set({ outcome }).where(eq(auditLog.id, id));
}

export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly resourceType?: string | undefined;
  readonly project?: string | undefined;
  /** Only what concerns these; null: everything. */
  readonly among: readonly string[] | null;
  /** ms since 1970, both included */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface AuditPage {
  /** Newest first. */
  readonly logs: readonly AuditEntry[];
  /** How many the filter lets through in all. */
  readonly total: number;
}

export async function readAudit(
  database: D1Database,
  filter: AuditFilter,
  { limit, offset }: { readonly limit: number; readonly offset: number },
): Promise<AuditPage> {
  const db = drizzle(database);
  const where = conditionOf(filter);
  const [logs, [counted]] = await db.batch([
    db.select().from(auditLog).where(where).orderBy(desc(auditLog.at), desc(auditLog.id)).limit(limit).offset(offset),
    db.select({ total: count() }).from(auditLog).where(where),
  ]);
  return { logs, total: counted?.total ?? 0 };
}

function conditionOf({ actor, action, resourceType, project, among, from, to }: AuditFilter): SQL | undefined {
  return and(
    actor === undefined ? undefined : eq(auditLog.actor, actor),
    action === undefined ? undefined : eq(auditLog.action, action),
    resourceType === undefined ? undefined : eq(auditLog.resourceType, resourceType),
    project === undefined ? undefined : eq(auditLog.project, project),
    among === null ? undefined : inArray(auditLog.project, [...among]),
    from === undefined ? undefined : gte(auditLog.at, from),
    to === undefined ? undefined : lte(auditLog.at, to),
  );
}
