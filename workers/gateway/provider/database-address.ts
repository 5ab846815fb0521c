/** Where a project's database may be: out on the internet, or on a developer's own machine. */
import { BetterBaseError, publicUrlProblem } from '@betterbase/core';

/** libSQL's own names for what is HTTP in the end. */
const httpSchemes: Readonly<Record<string, string>> = {
  'libsql:': 'https:',
  'wss:': 'https:',
  'https:': 'https:',
  'ws:': 'http:',
  'http:': 'http:',
};

/**
 * The address of a libSQL server as HTTP.
 *
 * @throws BetterBaseError `provider/bad-address`
 */
export function httpAddress(text: string, isDevelopment: boolean): string {
  const url = URL.parse(text);
  if (url === null) throw badAddress('url', 'is not a URL', exampleUrl);
  const scheme = httpSchemes[url.protocol];
  if (scheme === undefined) throw badAddress('url', `begins with ${url.protocol}//`, exampleUrl);
  if (url.search !== '' || url.hash !== '')
    throw badAddress('url', 'has parameters', 'Put the token into authToken; nothing else is needed.');
  const address = `${scheme}${url.href.slice(url.protocol.length)}`;
  const problem = publicUrlProblem(address, isDevelopment);
  if (problem !== null) throw badAddress('url', problem, exampleUrl);
  return address;
}

/** @throws BetterBaseError `provider/bad-address` */
export function checkConnectionString(text: string, isDevelopment: boolean): void {
  const url = URL.parse(text);
  if (url === null || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw badAddress('connectionString', 'is no connection string', exampleString);
  const problem = publicUrlProblem(`https://${url.host}/`, isDevelopment);
  if (problem !== null) throw badAddress('connectionString', `names a host that ${problem}`, exampleString);
}

/** Of an address that `checkConnectionString` has let pass: under development alone. */
export function isThisMachine(connectionString: string): boolean {
  const host = URL.parse(connectionString)?.hostname;
  return host === 'localhost' || host === '127.0.0.1' || host === '[::1]';
}

const exampleUrl = 'It looks like libsql://<database>-<organisation>.turso.io.';
const exampleString = 'It looks like postgresql://<user>:<password>@<host>/<database>.';

function badAddress(setting: string, problem: string, hint: string): BetterBaseError {
  return new BetterBaseError('provider/bad-address', `The provider’s ${setting} ${problem}.`, { hint });
}
