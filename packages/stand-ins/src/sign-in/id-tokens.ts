import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface IdToken {
  readonly header: { readonly alg: 'RS256'; readonly kid: string };
  readonly claims: Readonly<Record<string, unknown>>;
}

interface Keys {
  readonly privateKey: CryptoKey;
  readonly published: JWK & { readonly kid: string };
}

/** ID tokens of one vendor, signed with a key of its own, which is made when it is first needed. */
export class IdTokens {
  readonly #name: string;
  #keys: Promise<Keys> | null = null;
  /** Changes what is signed, for tests of whoever checks it. */
  change: (token: IdToken) => IdToken = (token) => token;
  /** Signs with another key from now on, under the same name. */
  isForged = false;

  constructor(name: string) {
    this.#name = name;
  }

  /** As it is published. */
  async keySet(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: [(await this.#open()).published] };
  }

  /** @param claims without times: it is good for five minutes */
  async sign(claims: Readonly<Record<string, unknown>>): Promise<string> {
    const { privateKey, published } = await this.#open();
    const now = Math.floor(Date.now() / 1000);
    const token = this.change({
      header: { alg: 'RS256', kid: published.kid },
      claims: { iat: now, exp: now + 300, ...claims },
    });
    const key = this.isForged ? (await generateKeyPair('RS256')).privateKey : privateKey;
    return await new SignJWT(token.claims).setProtectedHeader(token.header).sign(key);
  }

  #open(): Promise<Keys> {
    this.#keys ??= newKeys(this.#name);
    return this.#keys;
  }
}

async function newKeys(name: string): Promise<Keys> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  return { privateKey, published: { ...(await exportJWK(publicKey)), kid: `${name}-1`, alg: 'RS256', use: 'sig' } };
}
