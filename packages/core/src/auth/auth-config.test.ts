import { describe, expect, test } from 'vitest';
import { isBetterBaseError } from '../errors/betterbase-error.ts';
import { publicUrlProblem, readAuthConfig } from './auth-config.ts';

const deployed = { isDevelopment: false };

function problemsOf(providers: unknown, rules = deployed): unknown {
  try {
    readAuthConfig({ providers }, rules);
    return [];
  } catch (error) {
    return isBetterBaseError(error) && error.code === 'config/invalid' ? error.details : error;
  }
}

test('an app without auth.config.ts knows no issuer', () => {
  expect([readAuthConfig(null, deployed), readAuthConfig(undefined, deployed)]).toEqual([[], []]);
});

test('both kinds of providers are read as they are written', () => {
  const providers = [
    { domain: 'https://login.example.com', applicationID: 'shop' },
    { domain: 'shop.eu.example.com', applicationID: 'shop' },
    { type: 'customJwt', issuer: 'https://id.example.com/', jwks: 'https://id.example.com/keys', algorithm: 'ES256' },
    { type: 'customJwt', issuer: 'own', jwks: 'data:application/json,{"keys":[]}', algorithm: 'EdDSA', applicationID: 'shop' },
  ];
  expect(readAuthConfig({ providers }, deployed)).toEqual(providers);
});

test('every problem is named at once', () => {
  expect(
    problemsOf([
      { domain: undefined, applicationID: 'a' },
      { domain: 'http://login.example.com', applicationID: 7 },
      { type: 'customJwt', issuer: 'i', jwks: 'https://10.0.0.1/keys', algorithm: 'HS256', secret: 's' },
    ]),
  ).toEqual([
    'providers[0].domain is missing; perhaps it is read from a variable that is not set',
    'providers[1].domain must begin with https://',
    'providers[1].applicationID is not a text',
    'providers[2].secret is not a setting',
    expect.stringContaining('providers[2].algorithm is not one of RS256'),
    'providers[2].jwks is an address, where a name is expected',
  ]);
});

test.each([[{}], [{ providers: {} }], ['text'], [[]]])('what has no list of providers is refused: %j', (config) => {
  expect(() => readAuthConfig(config, deployed)).toThrow('no list of `providers`');
});

describe('what the platform fetches for an app', () => {
  test.each([
    'https://127.0.0.1/',
    'https://localhost/',
    'http://localhost:3000/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[fd00::1]/',
    'https://169.254.169.254/latest/meta-data',
    'https://192.168.1.1/',
    'https://metadata.google.internal/',
    'https://printer.local/',
    'https://intranet/',
    'https://app.localhost/',
    'https://user:word@example.com/',
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'no url',
  ])('%s is not public', (url) => {
    expect(publicUrlProblem(url, false)).not.toBeNull();
  });

  test.each(['https://example.com/keys', 'https://a.example.com:8443/', 'https://EXAMPLE.com./'])('%s is public', (url) => {
    expect(publicUrlProblem(url, false)).toBeNull();
  });

  test('this machine may be asked while developing, other private machines never', () => {
    expect(['http://localhost:3000/', 'http://127.0.0.1:80/', 'https://[::1]/'].map((url) => publicUrlProblem(url, true))).toEqual([
      null,
      null,
      null,
    ]);
    expect(publicUrlProblem('http://192.168.1.1/', true)).toBe('must begin with https://');
    expect(problemsOf([{ domain: 'http://localhost:9000', applicationID: 'a' }], { isDevelopment: true })).toEqual([]);
    expect(problemsOf([{ domain: 'http://localhost:9000', applicationID: 'a' }])).toEqual(['providers[0].domain must begin with https://']);
  });
});
