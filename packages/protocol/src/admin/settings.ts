/** What an installation can be told to do. */
export interface InstanceSettings {
  readonly instance_name: string;
  /** Where it is reached, as links have it; null: as the request that asks has it. */
  readonly public_url: string | null;
  readonly contact_email: string | null;
  /** Days that the audit log goes back; null: to the beginning. */
  readonly log_retention_days: number | null;
  readonly session_days: number;
  /** The oldest end when there would be more. */
  readonly max_sessions_per_user: number;
  /** Addresses and ranges that may administer; empty: all. */
  readonly ip_allowlist: readonly string[];
  /** Origins of pages that may call projects; empty: all. */
  readonly cors_origins: readonly string[];
  /** Domains whose addresses may be invited; empty: all. */
  readonly invite_domains: readonly string[];
  /** Who has no second factor may do nothing but set one up. */
  readonly require_second_factor: boolean;
}

export const defaultSettings: InstanceSettings = {
  instance_name: 'BetterBase',
  public_url: null,
  contact_email: null,
  log_retention_days: null,
  session_days: 30,
  max_sessions_per_user: 50,
  ip_allowlist: [],
  cors_origins: [],
  invite_domains: [],
  require_second_factor: false,
};
