import type { IdTokens } from './id-tokens.ts';
import type { Person } from './person.ts';

export const vendorNames = ['google', 'github', 'discord', 'apple', 'microsoft', 'twitter', 'facebook'] as const;
export type VendorName = (typeof vendorNames)[number];

/** An app, as it is registered with a vendor. */
export interface VendorClient {
  readonly id: string;
  /** With Apple the public key, as PEM, of what its secrets are signed with. */
  readonly secret: string;
  /** Where people may be sent back to. */
  readonly redirects: readonly string[];
  /** Of Apple. */
  readonly teamId?: string;
  readonly keyId?: string;
}

/** What a person has let an app do. */
export interface Grant {
  readonly client: VendorClient;
  readonly person: Person;
  readonly scopes: readonly string[];
  readonly redirect: string;
  readonly nonce: string | null;
  /** Digest of the verifier; null: the visit brought none, or the vendor does not look at it. */
  readonly challenge: string | null;
  /** Whether the person has never been in this app before. */
  readonly isFirst: boolean;
}

/** Why no tokens are handed out. */
export type TokenFault = 'client' | 'code' | 'verifier' | 'redirect';

export interface Issued {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** One vendor's own manners, as its documentation has them. */
export interface Vendor {
  readonly name: string;
  /** Of `host/path`. */
  readonly authorize: RegExp;
  readonly token: RegExp;
  /** Where whoever holds an access token, or anybody, learns something: by `host/path`. */
  readonly resources: readonly (readonly [RegExp, Resource])[];
  /** `required`: no visit goes without. `ignored`: brought or not, it is not looked at. */
  readonly pkce: 'required' | 'verified' | 'ignored';
  /** How an app shows its secret. */
  readonly showsSecret: 'in-body' | 'in-header' | 'either';
  /** What is between two scopes. */
  readonly scopeSeparator: string;
  /** What the vendor asks of a visit beyond what all do; null: it is fine. */
  readonly visitProblem?: (params: URLSearchParams) => string | null;
  /** Whether the secret is the app's, where it is no plain text. */
  readonly isSecret?: (given: string, client: VendorClient) => Promise<boolean>;
  /** What comes back with the code. */
  readonly backWith?: (grant: Grant, ids: IdTokens, code: string) => Promise<Readonly<Record<string, string>>>;
  readonly isFormPost?: true;
  /** What comes back when the person says no. */
  readonly denied: Readonly<Record<string, string>>;
  readonly tokens: (grant: Grant, issued: Issued, ids: IdTokens) => Promise<object>;
  /** In place of JSON. */
  readonly tokensAsForm?: (request: Request) => boolean;
  readonly refuse: (fault: TokenFault) => Response;
}

export interface ResourceCall {
  readonly request: Request;
  readonly url: URL;
  /** Of the access token; null: there is none, or no good one. */
  readonly grant: Grant | null;
  readonly ids: IdTokens;
  readonly grantOf: (accessToken: string) => Grant | null;
}

export type Resource = (call: ResourceCall) => Promise<Response> | Response;

/** A resource of whoever holds an access token. */
export function withToken(refused: () => Response, answer: (grant: Grant, call: ResourceCall) => Response): Resource {
  return (call) => (call.grant === null ? refused() : answer(call.grant, call));
}
