/** What the isolate is asked to do for the installation's admins. */
export type AdminsOrder =
  /** Answers with the new admin's id; null: the address is taken. */
  | { readonly do: 'create'; readonly email: string; readonly name: string; readonly password: string }
  /** Answers with the admin's id; null: there is no such admin, or it is not their password. It takes as long either way. */
  | { readonly do: 'check-password'; readonly email: string; readonly password: string }
  | { readonly do: 'set-password'; readonly admin: string; readonly password: string }
  | { readonly do: 'open-session'; readonly admin: string; readonly session: NewSession };

export interface NewSession {
  /** SHA-256 of what opens it, hex. */
  readonly digest: string;
  /** ms since 1970 */
  readonly expiresAt: number;
  readonly address: string | null;
  readonly userAgent: string | null;
}

/** An id, or null. */
export type AdminsAnswer = string | null;
