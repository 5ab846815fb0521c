import { type AuthResult, type Fields, toResult } from '../auth/auth-calls.ts';
import type { User } from '../auth/auth-session.ts';
import type { SignedIn, UserAuth } from '../auth/user-auth.ts';
import { createPasskeys, type PasskeyFlows } from './passkeys.ts';
import { type Place, startVisit } from './redirect.ts';

export type Told = Promise<AuthResult<Fields>>;

export interface SecondFactor {
  /** For authenticator apps, as a QR code shows it. */
  readonly qrUri: string;
  /** Each is good once. They are told this once. */
  readonly backupCodes: readonly string[];
}

export interface DeviceSession {
  readonly id: string;
  /** Names the session to `revokeSession`. */
  readonly token: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

export interface ProviderChoice {
  /** `google`, `github`, `discord`, `apple`, `microsoft`, `twitter`, `facebook`, or a name of `oidc_providers`. */
  readonly provider: string;
  /** The page where it ends; this one, if absent. */
  readonly redirectTo?: string;
  /** What else the app wants to do in the user's name there, with blanks between; the vendor asks the user. */
  readonly scopes?: string;
}

/** An account elsewhere that a user signs in with. */
export interface Identity {
  /** Names it to `unlinkIdentity` and `getProviderToken`. */
  readonly id: string;
  /** `google`, say; `credential` is a password. */
  readonly providerId: string;
  /** What the provider calls the user. */
  readonly accountId: string;
  /** What the user let the app do there. */
  readonly scopes: readonly string[];
  readonly createdAt: string;
}

/** For the provider's own API. */
export interface ProviderToken {
  readonly accessToken: string;
  readonly accessTokenExpiresAt?: string;
  readonly scopes: readonly string[];
}

/** Every way to sign in, and what users do with their account. */
export interface UserFlows extends PasskeyFlows {
  signInWithPassword(credentials: Fields): Promise<AuthResult<SignedIn>>;
  /** Who is signed in, as the server knows it now. */
  getUser(): Promise<AuthResult<{ readonly user: User | null }>>;
  /** Begins without an account; `signUp` later keeps what was begun. */
  signInAnonymously(): Promise<AuthResult<SignedIn>>;

  /** Sends a link to this page, or another; its `token` is for `verifyMagicLink`. */
  sendMagicLink(email: string, redirectTo?: string): Told;
  verifyMagicLink(...given: [token: string] | [email: string, token: string]): Promise<AuthResult<SignedIn>>;
  /** Sends a code by e-mail. */
  sendOtp(email: string): Told;
  verifyOtp(email: string, code: string): Promise<AuthResult<SignedIn>>;
  /** Sends a code by text message. */
  sendPhoneOtp(phone: string): Told;
  verifyPhoneOtp(phone: string, code: string): Promise<AuthResult<SignedIn>>;
  /** Other names of the two. */
  sendPhoneVerification(phone: string): Told;
  verifyPhone(phone: string, code: string): Promise<AuthResult<SignedIn>>;

  /** Takes the browser to an issuer, and back. */
  signInWithOAuth(choice: ProviderChoice): Told;
  /** The same for whoever is signed in: they may sign in with both afterwards. */
  linkIdentity(choice: ProviderChoice): Told;
  listIdentities(): Promise<AuthResult<readonly Identity[]>>;
  /** Not the last way in. */
  unlinkIdentity(id: string): Told;
  /** A token of the provider's that is good now, for its own user. */
  getProviderToken(id: string): Promise<AuthResult<ProviderToken>>;

  /** Asks for a second factor from now on, once a code of it was shown to `mfaVerify`. */
  mfaEnable(password: string): Promise<AuthResult<SecondFactor>>;
  mfaVerify(code: string): Told;
  mfaDisable(password: string): Told;
  /** The second step, after `signIn` has told `twoFactorRedirect`. */
  mfaChallenge(code: string): Promise<AuthResult<SignedIn>>;
  mfaBackupCode(code: string): Promise<AuthResult<SignedIn>>;
  /** Other names of the first four. */
  readonly mfa: {
    readonly enable: (password: string) => Promise<AuthResult<SecondFactor>>;
    readonly verify: (code: string) => Told;
    readonly disable: (password: string) => Told;
    readonly challenge: (code: string) => Promise<AuthResult<SignedIn>>;
  };

  /** Sends a link to choose a new password, if there is such an account; its `token` is for `resetPassword`. */
  requestPasswordReset(email: string, redirectTo?: string): Told;
  resetPassword(token: string, newPassword: string): Told;
  changePassword(currentPassword: string, newPassword: string): Told;
  changeEmail(newEmail: string, redirectTo?: string): Told;
  sendVerificationEmail(email: string, redirectTo?: string): Told;
  updateUser(fields: { readonly name?: string; readonly image?: string | null }): Told;

  listSessions(): Promise<AuthResult<readonly DeviceSession[]>>;
  revokeSession(token: string): Told;
  revokeOtherSessions(): Told;
}

export function createFlows(auth: UserAuth, place: Place | null, url: string): UserFlows {
  const here = (redirectTo?: string): string | undefined => redirectTo ?? place?.page();
  const visit = async ({ provider, redirectTo, scopes }: ProviderChoice, link?: string): Promise<AuthResult<Fields>> =>
    toResult(async () => {
      if (place !== null)
        await startVisit(place, `${url}/auth/authorize/${provider}`, { redirectTo: here(redirectTo) ?? '', link, scopes });
      return {};
    });
  const sendPhoneOtp: UserFlows['sendPhoneOtp'] = (phone) => auth.call('phone/send', { phone });
  const verifyPhoneOtp: UserFlows['verifyPhoneOtp'] = (phone, code) => auth.call('phone/verify', { phone, code });
  const mfa: UserFlows['mfa'] = {
    enable: async (password) => {
      const { data, error } = await auth.call<{ readonly totpURI: string; readonly backupCodes: readonly string[] }>('mfa/enable', {
        password,
      });
      return error === null ? { data: { qrUri: data.totpURI, backupCodes: data.backupCodes }, error } : { data, error };
    },
    verify: (code) => auth.call('mfa/verify', { code }),
    disable: (password) => auth.call('mfa/disable', { password }),
    challenge: (code) => auth.call('mfa/challenge', { code }),
  };
  return {
    signInWithPassword: (credentials) => auth.signIn(credentials),
    async getUser() {
      const { data, error } = await auth.getSession();
      return error === null ? { data: { user: data.session?.user ?? null }, error } : { data, error };
    },
    ...createPasskeys(auth),
    signInAnonymously: () => auth.call('sign-in/anonymous', {}),
    sendMagicLink: (email, redirectTo) => auth.call('magic-link/send', { email, callbackURL: here(redirectTo) }),
    verifyMagicLink: (...given) => auth.call(`magic-link/verify?token=${encodeURIComponent(given.at(-1) ?? '')}`),
    sendOtp: (email) => auth.call('otp/send', { email }),
    verifyOtp: (email, code) => auth.call('otp/verify', { email, code }),
    sendPhoneOtp,
    verifyPhoneOtp,
    sendPhoneVerification: sendPhoneOtp,
    verifyPhone: verifyPhoneOtp,
    signInWithOAuth: (choice) => visit(choice),
    async linkIdentity(choice) {
      const { data, error } = await auth.call<{ readonly code: string }>('link-code', {});
      return error === null ? await visit(choice, data.code) : { data, error };
    },
    listIdentities: () => auth.call('list-accounts'),
    unlinkIdentity: (accountId) => auth.call('unlink-account', { accountId }),
    getProviderToken: (accountId) => auth.call('get-access-token', { accountId }),
    mfa,
    mfaEnable: mfa.enable,
    mfaVerify: mfa.verify,
    mfaDisable: mfa.disable,
    mfaChallenge: mfa.challenge,
    mfaBackupCode: (code) => auth.call('two-factor/verify-backup-code', { code }),
    requestPasswordReset: (email, redirectTo) => auth.call('request-password-reset', { email, redirectTo: here(redirectTo) }),
    resetPassword: (token, newPassword) => auth.call('reset-password', { token, newPassword }),
    changePassword: (currentPassword, newPassword) =>
      auth.call('change-password', { currentPassword, newPassword, revokeOtherSessions: true }),
    changeEmail: (newEmail, redirectTo) => auth.call('change-email', { newEmail, callbackURL: here(redirectTo) }),
    sendVerificationEmail: (email, redirectTo) => auth.call('send-verification-email', { email, callbackURL: here(redirectTo) }),
    updateUser: (fields) => auth.call('update-user', fields),
    listSessions: () => auth.call('list-sessions'),
    revokeSession: (token) => auth.call('revoke-session', { token }),
    revokeOtherSessions: () => auth.call('revoke-other-sessions', {}),
  };
}
