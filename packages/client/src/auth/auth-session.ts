/** Somebody with an account of the project. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly image: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Somebody who is signed in on this device. */
export interface Session {
  /** Shown to the project's `/auth` alone. Functions are called with short-lived tokens that are made of it. */
  readonly token: string;
  /** Absent while the server has not told, as is all that follows. */
  readonly user?: User;
  readonly id?: string;
  readonly userId?: string;
  /** When it ends if it is not used. */
  readonly expiresAt?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
}

/** Where a session is kept between visits. `localStorage` is one, and so are those of React Native. */
export interface SessionStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): unknown;
  removeItem(key: string): unknown;
}

export type AuthEvent = 'INITIAL_SESSION' | 'SIGNED_IN' | 'SIGNED_OUT' | 'TOKEN_REFRESHED';
export type AuthListener = (event: AuthEvent, session: Session | null) => void;
