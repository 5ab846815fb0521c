import type { Identity } from '@betterbase/engine';
import type { WireError } from '@betterbase/protocol';

/** What became of a token that a caller showed. */
export type Verified =
  | {
      readonly ok: true;
      readonly identity: Identity;
      /** The identity stands until then, ms since 1970. */
      readonly expiresAt: number;
    }
  | { readonly ok: false; readonly error: WireError };

/** Finds out who a token speaks for. */
export interface TokenVerifier {
  /** Never throws: what is wrong with the token, or with its issuer, is data. */
  verify(token: string): Promise<Verified>;
}
