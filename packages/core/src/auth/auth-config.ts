/** The default export of an app's `auth.config.ts`: whose tokens its callers may prove themselves with. */
import { BetterBaseError } from '../errors/betterbase-error.ts';
import { isPlainObject } from '../values/value.ts';

/** Only signatures that can be checked without being able to make them. */
const tokenAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
export type TokenAlgorithm = (typeof tokenAlgorithms)[number];

/** An issuer that speaks OpenID Connect: its keys are found at `<domain>/.well-known/openid-configuration`. */
export interface OidcProvider {
  /** The tokens' `iss`. */
  readonly domain: string;
  /** What the tokens' `aud` must hold. */
  readonly applicationID: string;
}

/** An issuer of any JSON Web Tokens. */
export interface CustomJwtProvider {
  readonly type: 'customJwt';
  /** The tokens' `iss`, letter by letter. */
  readonly issuer: string;
  /** Where its keys are: an https: URL, or a data: URL with the key set itself. */
  readonly jwks: string;
  readonly algorithm: TokenAlgorithm;
  /** What the tokens' `aud` must hold. Without it, tokens that the issuer made for anybody else are good here too. */
  readonly applicationID?: string;
}

export type AuthProvider = OidcProvider | CustomJwtProvider;

export interface AuthConfig {
  readonly providers: readonly AuthProvider[];
}

export interface AuthConfigRules {
  /** `http:` URLs of this very machine are good while developing. */
  readonly isDevelopment: boolean;
}

/**
 * Reads the default export of `auth.config.ts`; null or undefined where there is none.
 *
 * @throws BetterBaseError `config/invalid`, naming every problem at once.
 */
export function readAuthConfig(config: unknown, rules: AuthConfigRules): readonly AuthProvider[] {
  if (config === null || config === undefined) return [];
  const providers = isPlainObject(config) ? config['providers'] : undefined;
  if (!Array.isArray(providers)) throw invalid(['it exports no list of `providers`']);
  const problems: string[] = [];
  const read = providers.map((provider: unknown, index) => readProvider(provider, `providers[${index}]`, rules, problems));
  if (problems.length > 0) throw invalid(problems);
  return read;
}

function readProvider(provider: unknown, place: string, rules: AuthConfigRules, problems: string[]): AuthProvider {
  const given = isPlainObject(provider) ? provider : {};
  const text = (name: string): string => {
    const value = given[name];
    if (typeof value === 'string' && value !== '') return value;
    problems.push(
      `${place}.${name} is ${value === undefined ? 'missing; perhaps it is read from a variable that is not set' : 'not a text'}`,
    );
    return '';
  };
  const isCustom = given['type'] === 'customJwt';
  const known = isCustom ? ['type', 'issuer', 'jwks', 'algorithm', 'applicationID'] : ['domain', 'applicationID'];
  for (const name of Object.keys(given)) if (!known.includes(name)) problems.push(`${place}.${name} is not a setting`);
  if (!isCustom) {
    const domain = text('domain');
    if (domain !== '') checkUrl(issuerUrl(domain), `${place}.domain`, rules, problems);
    return { domain, applicationID: text('applicationID') };
  }
  const algorithm = tokenAlgorithms.find((each) => each === given['algorithm']);
  if (algorithm === undefined) problems.push(`${place}.algorithm is not one of ${tokenAlgorithms.join(', ')}`);
  const jwks = text('jwks');
  if (jwks !== '' && !/^data:/i.test(jwks)) checkUrl(jwks, `${place}.jwks`, rules, problems);
  return {
    type: 'customJwt',
    issuer: text('issuer'),
    jwks,
    algorithm: algorithm ?? 'RS256',
    ...(given['applicationID'] === undefined ? {} : { applicationID: text('applicationID') }),
  };
}

function checkUrl(text: string, place: string, { isDevelopment }: AuthConfigRules, problems: string[]): void {
  const problem = publicUrlProblem(text, isDevelopment);
  if (problem !== null) problems.push(`${place} ${problem}`);
}

/** A domain as a URL: some are written without `https://`. */
export function issuerUrl(domain: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(domain) ? domain : `https://${domain}`;
}

/**
 * Why the platform must not fetch from here on somebody's behalf; null when it may. Names only: what a name resolves to is
 * the platform's to guard.
 */
export function publicUrlProblem(text: string, isDevelopment: boolean): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null) return `is not a URL: ${JSON.stringify(text.slice(0, 100))}`;
  if (url.username !== '' || url.password !== '') return 'has a name or password in it';
  const host = url.hostname.replace(/\.$/, '');
  const isOwnMachine = /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(host);
  if (isOwnMachine && isDevelopment && /^https?:$/.test(url.protocol)) return null;
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (isOwnMachine) return 'is on this machine, which only `bb dev` may ask';
  // Every way to write an IPv4 address has become four numbers by now.
  if (/^\[|^[\d.]+$/.test(host)) return 'is an address, where a name is expected';
  if (!host.includes('.') || /\.(?:localhost|local|internal|lan|home|arpa)$/.test(host)) return 'is a name of a private network';
  return null;
}

function invalid(problems: readonly string[]): BetterBaseError {
  return new BetterBaseError('config/invalid', `auth.config.ts is no good: ${problems.join('; ')}.`, {
    hint: 'Write export default { providers: [{ domain: "https://issuer.example.com", applicationID: "my-app" }] }.',
    details: problems,
  });
}
