import { type AuthProvider, BetterBaseError, issuerUrl, isPlainObject } from '@betterbase/core';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import { fetchJson, type FetchRules, unreachable } from './guarded-fetch.ts';

/** After a key was not found, the keys are not fetched again for so long, ms. */
const keyCoolDown = 10_000;
/** After the issuer did not answer, it is left alone for so long, ms. */
const failureCoolDown = 5_000;
/** ms */
const keyLife = 600_000;
const discoveryLife = 3_600_000;
/** Issuers whose keys are kept. */
const mostIssuers = 1_000;

export interface IssuerKeysParts extends FetchRules {
  readonly now: () => number;
}

interface Kept<T> {
  readonly value: T;
  readonly until: number;
}

/**
 * The public keys of issuers.
 *
 * Holds: key sets by their address. They are public, so whoever names an address may use what was fetched from it for others.
 * Always true: keys are fetched when they are first needed, when they are old, and when a token names one that is not
 * among them; never twice in a row, whatever tokens come.
 */
export class IssuerKeys {
  readonly #parts: IssuerKeysParts;
  readonly #sets = new Map<string, JWTVerifyGetKey>();
  readonly #discovered = new Map<string, Kept<string>>();
  readonly #failures = new Map<string, Kept<BetterBaseError>>();

  constructor(parts: IssuerKeysParts) {
    this.#parts = parts;
  }

  /** @throws BetterBaseError `auth/issuer-unreachable` */
  async of(provider: AuthProvider): Promise<JWTVerifyGetKey> {
    const address = 'jwks' in provider ? provider.jwks : await this.#discover(issuerUrl(provider.domain));
    let keys = this.#sets.get(address);
    if (keys === undefined) {
      keys = /^data:/i.test(address) ? await this.#readData(address) : this.#remote(address);
      keep(this.#sets, address, keys);
    }
    return keys;
  }

  #remote(address: string): JWTVerifyGetKey {
    return createRemoteJWKSet(new URL(address), {
      cooldownDuration: keyCoolDown,
      cacheMaxAge: keyLife,
      [customFetch]: async (url) => Response.json(await this.#fetch(url)),
    });
  }

  /** OpenID Connect Discovery 1.0, section 4. */
  async #discover(domain: string): Promise<string> {
    const address = `${domain.replace(/\/+$/, '')}/.well-known/openid-configuration`;
    const known = this.#discovered.get(address);
    if (known !== undefined && known.until > this.#parts.now()) return known.value;
    const found = await this.#fetch(address);
    const { issuer, jwks_uri: keys } = isPlainObject(found) ? found : {};
    if (typeof issuer !== 'string' || !isSameIssuer(issuer, domain))
      throw unreachable(address, `it speaks for another issuer, ${JSON.stringify(issuer)?.slice(0, 200)}`);
    if (typeof keys !== 'string' || !URL.canParse(keys)) throw unreachable(address, 'it does not say where the keys are');
    keep(this.#discovered, address, { value: keys, until: this.#parts.now() + discoveryLife });
    return keys;
  }

  async #readData(address: string): Promise<JWTVerifyGetKey> {
    try {
      // Not a way out: a data: URL is what it says.
      const keys: unknown = await (await fetch(address)).json();
      return createLocalJWKSet(keys as Parameters<typeof createLocalJWKSet>[0]);
    } catch (cause) {
      throw unreachable('a data: URL', cause instanceof Error ? cause.message : String(cause));
    }
  }

  async #fetch(address: string): Promise<unknown> {
    const failure = this.#failures.get(address);
    if (failure !== undefined && failure.until > this.#parts.now()) throw failure.value;
    try {
      const found = await fetchJson(address, this.#parts);
      this.#failures.delete(address);
      return found;
    } catch (error) {
      if (error instanceof BetterBaseError) keep(this.#failures, address, { value: error, until: this.#parts.now() + failureCoolDown });
      throw error;
    }
  }
}

/** A domain is written with a slash at its end or without; tokens have it or not. */
export function isSameIssuer(issuer: string, domain: string): boolean {
  return issuer.replace(/\/+$/, '') === issuerUrl(domain).replace(/\/+$/, '');
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > mostIssuers && oldest !== undefined) map.delete(oldest);
}
