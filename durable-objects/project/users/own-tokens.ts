import type { Identity } from '@betterbase/engine';
import type { TokenVerifier, Verified } from '../identity/token-verifier.ts';

export interface OwnTokensParts {
  /** Checks signatures and claims, whoever issued the token. */
  readonly tokens: TokenVerifier;
  /** Whose tokens belong to sessions of ours. */
  readonly issuer: string;
  readonly isAlive: (session: string, user: string) => boolean;
}

type Accepted = Extract<Verified, { readonly ok: true }>;

interface Known {
  readonly session: string;
  readonly verified: Accepted;
}

const ended: Verified = {
  ok: false,
  error: {
    code: 'auth/session-ended',
    message: 'The session that this token was made for has ended.',
    hint: 'Sign in again.',
  },
};

/**
 * Tokens of the project's own users, beside those of other issuers.
 *
 * Always true: whenever a token of ours is shown, its session goes on at that moment. Functions are not told which session it
 * is, so that one user is one caller on all devices.
 */
export class OwnTokens implements TokenVerifier {
  readonly #parts: OwnTokensParts;
  readonly #known = new WeakMap<Accepted, Known>();

  constructor(parts: OwnTokensParts) {
    this.#parts = parts;
  }

  async verify(token: string): Promise<Verified> {
    const verified = await this.#parts.tokens.verify(token);
    if (!verified.ok || verified.identity.issuer !== this.#parts.issuer) return verified;
    let known = this.#known.get(verified);
    if (known === undefined) {
      known = withoutSession(verified);
      this.#known.set(verified, known);
    }
    return this.#parts.isAlive(known.session, verified.identity.subject) ? known.verified : ended;
  }
}

function withoutSession(verified: Accepted): Known {
  const { sid: session, ...identity }: Identity = verified.identity;
  return { session: typeof session === 'string' ? session : '', verified: { ...verified, identity } };
}
