/** An issuer of tokens, for tests of signed-in users against a real server. */
export type { SigningAlgorithm } from './signing-key.ts';
export { createTestIssuer, type TestIssuer, type TestIssuerOptions, type TokenOptions } from './test-issuer.ts';
