import { BetterBaseError } from '../errors/betterbase-error.ts';
import { isPlainObject } from '../values/value.ts';

/** What is noted of those whom policies refuse: nothing, writes, or reads of single documents as well. */
export type AuditedRefusals = boolean | 'all';

/** `rls` of betterbase.config.ts. */
export interface RowSecuritySettings {
  /** False: `asUser()` asks no policy, shows every row and takes every write. */
  readonly enabled: boolean;
  /** Whether refusals are in the project's logs. */
  readonly auditLog: AuditedRefusals;
}

export const defaultRowSecurity: RowSecuritySettings = { enabled: true, auditLog: false };

/**
 * What an app sets of row-level security; null and undefined: nothing.
 *
 * @throws BetterBaseError `config/invalid`
 */
export function parseRowSecurity(given: unknown): RowSecuritySettings {
  if (given === undefined || given === null) return defaultRowSecurity;
  if (isPlainObject(given)) {
    const { enabled = true, auditLog = false, ...others } = given;
    const isKnown = typeof enabled === 'boolean' && (typeof auditLog === 'boolean' || auditLog === 'all');
    if (isKnown && Object.keys(others).length === 0) return { enabled, auditLog };
  }
  throw new BetterBaseError('config/invalid', 'The app’s settings of row-level security cannot be had.', {
    hint: "`rls` in betterbase.config.ts has `enabled`, true or false, and `auditLog`: true, false or 'all'.",
  });
}
