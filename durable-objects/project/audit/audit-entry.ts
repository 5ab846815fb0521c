/** What the audit log says of one change. */

/** Known before the change. */
export interface AuditNote {
  /** Of the change: however often an entry is written, it is there once. */
  readonly id: string;
  /** ms since 1970 */
  readonly at: number;
  readonly actor: string;
  readonly actorName: string;
  readonly address: string | null;
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId: string | null;
  readonly project: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

export interface AuditEntry extends AuditNote {
  /** `done`, `unknown`, or the code of the error that refused it. */
  readonly outcome: string;
}
