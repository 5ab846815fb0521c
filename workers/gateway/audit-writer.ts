import { WorkerEntrypoint } from 'cloudflare:workers';
import { drizzle } from 'drizzle-orm/d1';
import type { AuditEntry } from '../../durable-objects/project/audit/audit-entry.ts';
import { auditLog } from '../../migrations/schema.ts';
import type { Env } from './env.ts';

/** Writes what project objects did to the audit log. An entry that is there already is left as it is. */
export class AuditWriter extends WorkerEntrypoint<Env> {
  async write(entries: readonly AuditEntry[]): Promise<void> {
    const database = drizzle(this.env.DB);
    const [first, ...others] = entries.map((entry) => database.insert(auditLog).values(entry).onConflictDoNothing());
    if (first !== undefined) await database.batch([first, ...others]);
  }
}
