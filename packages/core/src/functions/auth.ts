import type { AnyValue } from '../validators/any.ts';

/** Who is calling, as the token says. */
export interface UserIdentity {
  /** `issuer|subject`: the one text that names this user everywhere. */
  readonly tokenIdentifier: string;
  readonly subject: string;
  readonly issuer: string;
  readonly name?: string;
  readonly email?: string;
  readonly emailVerified?: boolean;
  readonly pictureUrl?: string;
  readonly [claim: string]: AnyValue;
}

/** `ctx.auth`. */
export interface Auth {
  /** Null when nobody is signed in. */
  getUserIdentity(): Promise<UserIdentity | null>;
  /** The identity's subject. */
  readonly userId: string | null;
}
