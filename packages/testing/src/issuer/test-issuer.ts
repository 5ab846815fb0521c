import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { SigningKey, type SigningAlgorithm } from './signing-key.ts';

export interface TokenOptions {
  /** Seconds from now until it expires; below 0: it has expired. 3600 when absent. */
  readonly expiresIn?: number;
  /** Seconds from now until it is good; when absent it says nothing about that. */
  readonly notBefore?: number;
  /** When absent, the issuer's `applicationID`; null: none. */
  readonly audience?: string | readonly string[] | null;
  /** When absent, the issuer itself. */
  readonly issuer?: string;
  /** Said in the header. When absent, the key's own. */
  readonly keyId?: string;
}

export interface TestIssuerOptions {
  /** `test-app` when absent. */
  readonly applicationID?: string;
  /** `ES256` when absent. */
  readonly algorithm?: SigningAlgorithm;
  /** One that is free when absent. */
  readonly port?: number;
}

/**
 * An issuer of tokens for tests: with keys of its own, which are fetched from a real server on this machine.
 *
 * @example
 * const issuer = await createTestIssuer();
 * // auth.config.ts: export default { providers: [issuer.provider] };
 * client.setAuth(() => issuer.token({ sub: 'ada', name: 'Ada' }));
 */
export class TestIssuer {
  /** `http://127.0.0.1:<port>`: the tokens' `iss`. */
  readonly url: string;
  readonly applicationID: string;
  readonly #server: Server;
  readonly #algorithm: SigningAlgorithm;
  #keys: SigningKey[] = [];
  #isDown = false;
  #keyFetches = 0;

  private constructor(server: Server, url: string, { applicationID = 'test-app', algorithm = 'ES256' }: TestIssuerOptions) {
    this.#server = server;
    this.url = url;
    this.applicationID = applicationID;
    this.#algorithm = algorithm;
    server.on('request', (request, response) => {
      const answer = this.#answer(request.url ?? '/');
      if (answer === null) return response.writeHead(this.#isDown ? 503 : 404).end();
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  }

  static async start(options: TestIssuerOptions): Promise<TestIssuer> {
    const server = createServer();
    server.listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The test issuer has no port.');
    const issuer = new TestIssuer(server, `http://127.0.0.1:${address.port}`, options);
    await issuer.rotate();
    return issuer;
  }

  /** For `auth.config.ts`: found by OpenID Connect's discovery. */
  get provider(): { readonly domain: string; readonly applicationID: string } {
    return { domain: this.url, applicationID: this.applicationID };
  }

  /** For `auth.config.ts`: with the address of the keys. */
  get customProvider() {
    const { url: issuer, applicationID } = this;
    return { type: 'customJwt', issuer, jwks: this.jwksUrl, algorithm: this.#algorithm, applicationID } as const;
  }

  get jwksUrl(): string {
    return `${this.url}/jwks.json`;
  }

  /** The keys themselves in the place of their address, for where this machine cannot be reached. */
  get jwksDataUrl(): string {
    return `data:application/json;base64,${Buffer.from(JSON.stringify(this.#keySet())).toString('base64')}`;
  }

  /** How often the keys were fetched. */
  get keyFetches(): number {
    return this.#keyFetches;
  }

  /** A token with these claims, signed by the newest key. `sub` is `user` unless the claims say otherwise. */
  token(claims: Readonly<Record<string, unknown>> = {}, options: TokenOptions = {}): Promise<string> {
    const { expiresIn = 3600, notBefore, audience = this.applicationID, issuer = this.url, keyId } = options;
    const now = Math.floor(Date.now() / 1000);
    const payload = {
      sub: 'user',
      iss: issuer,
      iat: Math.min(now, now + expiresIn - 1),
      exp: now + expiresIn,
      ...(audience === null ? {} : { aud: audience }),
      ...(notBefore === undefined ? {} : { nbf: now + notBefore }),
      ...claims,
    };
    const key = this.#keys.at(-1);
    if (key === undefined) throw new Error('The test issuer has stopped.');
    return key.sign(payload, keyId);
  }

  /** Signs with another key from now on. `keep`: the ones before are still published. */
  async rotate({ keep = false }: { readonly keep?: boolean } = {}): Promise<void> {
    const key = await SigningKey.create(this.#algorithm);
    this.#keys = keep ? [...this.#keys, key] : [key];
  }

  /** Answers everything with 503 until `comeBack()`. */
  goDown(): void {
    this.#isDown = true;
  }

  comeBack(): void {
    this.#isDown = false;
  }

  async stop(): Promise<void> {
    this.#keys = [];
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(path: string): unknown {
    if (path === '/jwks.json') this.#keyFetches += 1;
    if (this.#isDown) return null;
    if (path === '/jwks.json') return this.#keySet();
    return path === '/.well-known/openid-configuration' ? { issuer: this.url, jwks_uri: this.jwksUrl } : null;
  }

  #keySet() {
    return { keys: this.#keys.map(({ publicKey }) => publicKey) };
  }
}

/** Starts an issuer of tokens. `stop()` it when the test is over. */
export function createTestIssuer(options: TestIssuerOptions = {}): Promise<TestIssuer> {
  return TestIssuer.start(options);
}
