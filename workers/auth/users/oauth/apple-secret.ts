import { importPKCS8, SignJWT } from 'jose';

export interface AppleKey {
  readonly clientId: string;
  readonly teamId: string;
  readonly keyId: string;
  /** PEM, as Apple hands it out; `\n` in it may stand for the ends of lines. */
  readonly privateKey: string;
}

/** Seconds. Apple takes half a year at most; one that has leaked is of no use for long. */
const life = 60 * 60;
/** Seconds before its end: an exchange that has begun is to end well. */
const renewal = 10 * 60;

/**
 * The secret that an app shows to Apple: a token signed with the team's key, made when it is needed.
 *
 * Holds: the newest one, until shortly before it expires.
 */
export class AppleSecret {
  readonly #key: AppleKey;
  #made = { secret: '', until: 0 };

  constructor(key: AppleKey) {
    this.#key = key;
  }

  /** @throws whatever is wrong with the key */
  async current(): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    if (now >= this.#made.until - renewal) this.#made = { secret: await this.#sign(now), until: now + life };
    return this.#made.secret;
  }

  async #sign(now: number): Promise<string> {
    const { clientId, teamId, keyId, privateKey } = this.#key;
    return await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setSubject(clientId)
      .setAudience('https://appleid.apple.com')
      .setIssuedAt(now)
      .setExpirationTime(now + life)
      .sign(await importPKCS8(privateKey.replaceAll('\\n', '\n'), 'ES256'));
  }
}
