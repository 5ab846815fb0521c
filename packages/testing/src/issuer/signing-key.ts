import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256' | 'ES384' | 'EdDSA';

let made = 0;

/** A key pair that signs tokens. */
export class SigningKey {
  /** As it is published. */
  readonly publicKey: JWK & { readonly kid: string };
  readonly #privateKey: CryptoKey;
  readonly #algorithm: SigningAlgorithm;

  private constructor(algorithm: SigningAlgorithm, publicKey: SigningKey['publicKey'], privateKey: CryptoKey) {
    this.#algorithm = algorithm;
    this.publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  static async create(algorithm: SigningAlgorithm): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm);
    made += 1;
    const published = { ...(await exportJWK(publicKey)), kid: `test-key-${made}`, alg: algorithm, use: 'sig' };
    return new SigningKey(algorithm, published, privateKey);
  }

  sign(payload: Record<string, unknown>, keyId: string = this.publicKey.kid): Promise<string> {
    return new SignJWT(payload).setProtectedHeader({ alg: this.#algorithm, kid: keyId, typ: 'JWT' }).sign(this.#privateKey);
  }
}
