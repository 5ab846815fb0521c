/** Vendors whom people sign in with, on this machine. */
export type { IdToken, IdTokens } from './id-tokens.ts';
export { type Person, samplePeople } from './person.ts';
export { type ServedSignIn, serveSignIn, type SignInServing } from './serve-sign-in.ts';
export { SignInStandIn } from './sign-in-stand-in.ts';
export { type VendorClient, type VendorName, vendorNames } from './vendor.ts';
