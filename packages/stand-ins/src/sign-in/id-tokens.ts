import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface IdToken {
  readonly header: { readonly alg: 'RS256'; readonly kid: string };
  readonly claims: Readonly<Record<string, unknown>>;
}

/** ID tokens of one vendor, signed with a key of its own. */
export class IdTokens {
  readonly #privateKey: CryptoKey;
  readonly #publicKey: JWK;
  /** Changes what is signed, for tests of whoever checks it. */
  change: (token: IdToken) => IdToken = (token) => token;
  /** Signs with another key from now on, under the same name. */
  isForged = false;

  private constructor(privateKey: CryptoKey, publicKey: JWK) {
    this.#privateKey = privateKey;
    this.#publicKey = publicKey;
  }

  static async create(name: string): Promise<IdTokens> {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    return new IdTokens(privateKey, { ...(await exportJWK(publicKey)), kid: `${name}-1`, alg: 'RS256', use: 'sig' });
  }

  /** As it is published. */
  get keySet(): { readonly keys: readonly JWK[] } {
    return { keys: [this.#publicKey] };
  }

  /** @param claims without times: it is good for five minutes */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const token = this.change({
      header: { alg: 'RS256', kid: this.#publicKey.kid ?? '' },
      claims: { iat: now, exp: now + 300, ...claims },
    });
    const key = this.isForged ? (await generateKeyPair('RS256')).privateKey : this.#privateKey;
    return await new SignJWT(token.claims).setProtectedHeader(token.header).sign(key);
  }
}
