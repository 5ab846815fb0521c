import type { AuthProvider } from '@betterbase/core';
import { toWireError } from '../wire-errors.ts';
import type { TokenVerifier, Verified } from './token-verifier.ts';

const mostTokens = 10_000;

export interface VerifiedTokensParts {
  /** Whose tokens the app accepts now. Another list means that everything is to be checked anew. */
  readonly providers: () => readonly AuthProvider[];
  /** Checks signature and claims, elsewhere. */
  readonly check: (token: string, providers: readonly AuthProvider[]) => Promise<Verified>;
  readonly digest: (text: string) => Promise<string>;
  readonly now: () => number;
}

/**
 * Who has proved to be whom.
 *
 * Holds: identities by the digest of their token, until it expires; the tokens themselves are not kept.
 * Always true: a token is checked once at a time, however many calls bring it; what was refused is not remembered.
 */
export class VerifiedTokens implements TokenVerifier {
  readonly #parts: VerifiedTokensParts;
  readonly #known = new Map<string, Verified & { readonly ok: true }>();
  readonly #underWay = new Map<string, Promise<Verified>>();
  #providers: readonly AuthProvider[] | null = null;

  constructor(parts: VerifiedTokensParts) {
    this.#parts = parts;
  }

  async verify(token: string): Promise<Verified> {
    const { digest, now } = this.#parts;
    const key = await digest(token);
    this.#forgetOtherProviders();
    const known = this.#known.get(key);
    if (known !== undefined && known.expiresAt > now()) return known;
    this.#known.delete(key);
    let checking = this.#underWay.get(key);
    if (checking === undefined) {
      checking = this.#check(key, token);
      this.#underWay.set(key, checking);
    }
    return checking;
  }

  async #check(key: string, token: string): Promise<Verified> {
    const providers = this.#parts.providers();
    try {
      if (providers.length === 0) return noProviders;
      const verified = await this.#parts.check(token, providers);
      if (verified.ok && providers === this.#providers) this.#remember(key, verified);
      return verified;
    } catch (failure) {
      return { ok: false, error: toWireError(failure) };
    } finally {
      this.#underWay.delete(key);
    }
  }

  #remember(key: string, verified: Verified & { readonly ok: true }): void {
    this.#known.set(key, verified);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostTokens && oldest !== undefined) this.#known.delete(oldest);
  }

  #forgetOtherProviders(): void {
    const providers = this.#parts.providers();
    if (providers === this.#providers) return;
    this.#providers = providers;
    this.#known.clear();
    this.#underWay.clear();
  }
}

const noProviders: Verified = {
  ok: false,
  error: {
    code: 'auth/unknown-issuer',
    message: 'This app accepts no tokens.',
    hint: 'Say in auth.config.ts whose tokens it accepts, and deploy. Keys are sent as `apikey`, not as `Authorization`.',
  },
};
