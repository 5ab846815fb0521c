/** How people may sign in to a project. Every setting has an effect the moment it is changed. */
export interface AuthSettings {
  readonly email_password_enabled: boolean;
  readonly magic_link_enabled: boolean;
  /** Codes by e-mail. */
  readonly otp_enabled: boolean;
  /** Codes by text message. */
  readonly phone_enabled: boolean;
  /** People may begin without an account, and make one later. */
  readonly anonymous_enabled: boolean;
  /**
   * The app's internal mutation that moves what somebody without an account had to the account they signed in to: `users:merge`,
   * with `{ from, to }`, both ids. Empty: it stays where it is.
   */
  readonly anonymous_merge: string;
  readonly passkey_enabled: boolean;
  /** The domain that passkeys are for; empty: that of the first of `allowed_origins`. Another one makes those of before useless. */
  readonly passkey_rp_id: string;
  /** People may make an account with a passkey and nothing else. */
  readonly passkey_sign_up_enabled: boolean;
  /** Whether devices must ask who is using them; if they need not, those that did not are no second factor. */
  readonly passkey_user_verification: 'required' | 'preferred';
  readonly passkey_max_per_user: number;
  readonly password_min_length: number;
  /** Nobody signs in by password whose address is not confirmed. */
  readonly require_email_verification: boolean;
  /** A session that is not used ends after so long. */
  readonly session_expiry_seconds: number;
  /** However much it is used, a session ends after so long. */
  readonly refresh_token_expiry_seconds: number;
  /** Whoever signs in once more is signed out where they signed in first; 0: as often as they like. */
  readonly max_sessions_per_user: number;
  /** None: all. */
  readonly allowed_email_domains: readonly string[];
  readonly blocked_email_domains: readonly string[];
  readonly provider_google: boolean;
  readonly provider_github: boolean;
  readonly provider_discord: boolean;
  readonly provider_apple: boolean;
  readonly provider_microsoft: boolean;
  readonly provider_twitter: boolean;
  readonly provider_facebook: boolean;
  readonly twilio_account_sid: string;
  readonly twilio_auth_token: string;
  readonly twilio_phone_number: string;
  /** Origins of the app's pages: links and sign-ins end there and nowhere else. */
  readonly allowed_origins: readonly string[];
  /** Issuers that speak OpenID Connect, by a name of your choice. Their secret is the environment value `<NAME>_CLIENT_SECRET`. */
  readonly oidc_providers: Readonly<Record<string, OidcProviderSettings>>;
  /** What messages say, by what they are for. */
  readonly templates: Readonly<Record<string, MessageTemplate>>;
}

export interface OidcProviderSettings {
  /** Where its `/.well-known/openid-configuration` is. */
  readonly issuer: string;
  readonly client_id: string;
  readonly scopes?: readonly string[] | undefined;
}

/** `{{link}}`, `{{code}}`, `{{app}}` and `{{email}}` stand for what is sent. */
export interface MessageTemplate {
  readonly subject?: string | undefined;
  readonly text: string;
  readonly html?: string | undefined;
}

export const defaultAuthSettings: AuthSettings = {
  email_password_enabled: true,
  magic_link_enabled: false,
  otp_enabled: false,
  phone_enabled: false,
  anonymous_enabled: false,
  anonymous_merge: '',
  passkey_enabled: false,
  passkey_rp_id: '',
  passkey_sign_up_enabled: false,
  passkey_user_verification: 'required',
  passkey_max_per_user: 20,
  password_min_length: 8,
  require_email_verification: false,
  session_expiry_seconds: 7 * 24 * 60 * 60,
  refresh_token_expiry_seconds: 90 * 24 * 60 * 60,
  max_sessions_per_user: 0,
  allowed_email_domains: [],
  blocked_email_domains: [],
  provider_google: false,
  provider_github: false,
  provider_discord: false,
  provider_apple: false,
  provider_microsoft: false,
  provider_twitter: false,
  provider_facebook: false,
  twilio_account_sid: '',
  twilio_auth_token: '',
  twilio_phone_number: '',
  allowed_origins: [],
  oidc_providers: {},
  templates: {},
};

/** Never told again. */
export const secretAuthSettings: readonly (keyof AuthSettings)[] = ['twilio_auth_token'];
