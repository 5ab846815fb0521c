import type { ClientMessage } from '@betterbase/protocol';
import { isBetterBaseError } from '../errors/is-betterbase-error.ts';
import type { Guard, Guarded } from '../guard.ts';
import type { Platform, Stop } from '../platform/platform.ts';
import type { CallError } from '../sync/outcome.ts';
import { refreshDelay, userOf } from './token-claims.ts';

/**
 * Gets a token of the user, or null when nobody is signed in. `forceRefreshToken`: the server has refused the last one, or it
 * is about to expire; one from a cache will not do.
 */
export type FetchToken = (wanted: {
  readonly forceRefreshToken: boolean;
}) => Promise<string | null | undefined> | string | null | undefined;

export interface SignInEvents {
  /** The server has confirmed who the user is, or nobody is signed in after all. */
  readonly onChange?: ((isAuthenticated: boolean) => void) | undefined;
  /** The server has refused a token that it had confirmed, and another is being fetched. */
  readonly onRefreshChange?: ((isRefreshing: boolean) => void) | undefined;
}

interface SignedIn extends SignInEvents {
  readonly fetchToken: FetchToken;
}

/**
 * Who the client says it is.
 *
 * Holds: where tokens come from, the one in use, and when it is to be replaced.
 * Always true: nothing is said to the server between `setAuth` and its first token; the server decides whether a token is
 * good; a refused token is replaced once, and if that is refused too, nobody is signed in.
 */
export class SignIn implements Guard {
  isHolding = false;
  introduction: readonly ClientMessage[] = [];
  readonly #guarded: Guarded;
  readonly #platform: Pick<Platform, 'after' | 'report'>;
  #user: SignedIn | null = null;
  #token: string | null = null;
  /** When the token should be replaced, ms since 1970. */
  #until = 0;
  /** Counts what was said about who the client is. */
  #said = 0;
  /** A token of this user has been shown, or is on its way: what the server says now is not about who was here before. */
  #isPresented = false;
  #isConfirmed = false;
  #refusals = 0;
  /** The server has not confirmed yet that somebody else is here than before. */
  #isAfterSomebody = false;
  #stopTimer: Stop = () => {};
  #released = Promise.withResolvers<void>();

  constructor(guarded: Guarded, platform: Pick<Platform, 'after' | 'report'>) {
    this.#guarded = guarded;
    this.#platform = platform;
    this.#released.resolve();
  }

  /** Somebody may be signed in: asks for the token, and says nothing to the server before it is there. */
  async set(user: SignedIn): Promise<void> {
    this.#leave();
    this.#user = user;
    this.#hold();
    const cached = await this.#fetch(user, false);
    if (this.#user !== user) return;
    const token = cached ?? (await this.#fetch(user, true));
    if (this.#user !== user) return;
    if (token === null) return this.#signedOut(user);
    this.#present(token, cached === null);
    this.#release();
  }

  /** Nobody is signed in. */
  clear(): void {
    if (this.#user === null) return;
    this.#leave();
    if (this.#token !== null) this.#guarded.withdraw();
    this.#present(null, false);
    this.#release();
  }

  async token(): Promise<string | null> {
    await this.#released.promise;
    // Timers rest while a machine sleeps; its clock does not.
    if (this.#user !== null && Date.now() > this.#until) await this.#refresh(this.#user);
    return this.#token;
  }

  accepted(id: number): void {
    const user = this.#user;
    if (id !== this.#said) return;
    this.#isAfterSomebody = false;
    if (user === null || !this.#isPresented || this.#token === null) return;
    this.#refusals = 0;
    this.#planRefresh(user);
    this.#tell(() => user.onRefreshChange?.(false));
    if (this.#isConfirmed) return;
    this.#isConfirmed = true;
    this.#tell(() => user.onChange?.(true));
  }

  refused(error: CallError, isForGood: boolean): boolean {
    const user = this.#user;
    // An issuer that cannot be reached says nothing about the token: the same is shown again later.
    if (user === null || !isForGood || !isBetterBaseError(error) || !error.code.startsWith('auth/')) return false;
    if (!this.#isPresented) return true;
    this.#hold();
    this.#stopTimer();
    this.#refusals += 1;
    if (this.#isConfirmed) this.#tell(() => user.onRefreshChange?.(true));
    void this.#replaceRefused(user, error);
    return true;
  }

  lost(): void {
    if (!this.#isAfterSomebody) return;
    this.#isAfterSomebody = false;
    this.#guarded.forgetSession();
  }

  closed(): void {
    this.#leave();
    this.#released.resolve();
  }

  async #replaceRefused(user: SignedIn, error: CallError): Promise<void> {
    const refused = this.#token;
    const token = this.#refusals > 1 ? null : await this.#fetch(user, true);
    if (this.#user !== user) return;
    if (token === null || token === refused) {
      this.#platform.report(error);
      return this.#signedOut(user);
    }
    this.#present(token, true);
    this.#release();
  }

  async #refresh(user: SignedIn): Promise<void> {
    const token = await this.#fetch(user, true);
    if (this.#user !== user) return;
    if (token === null) this.#signedOut(user);
    // The same one again: there is none that lives longer, and the server says when it is over.
    else if (token !== this.#token) this.#present(token, true);
  }

  #planRefresh(user: SignedIn): void {
    this.#stopTimer();
    if (this.#until < Infinity)
      this.#stopTimer = this.#platform.after(Math.max(0, this.#until - Date.now()), () => void this.#refresh(user));
  }

  #signedOut(user: SignedIn): void {
    this.#leave();
    this.#present(null, false);
    this.#release();
    this.#tell(() => user.onRefreshChange?.(false));
    this.#tell(() => user.onChange?.(false));
  }

  /** Whoever it was is not asked any more. */
  #leave(): void {
    this.#stopTimer();
    this.#user = null;
    this.#isPresented = false;
    this.#isConfirmed = false;
    this.#refusals = 0;
  }

  #present(token: string | null, isFresh: boolean): void {
    const isNews = token !== null || this.#token !== null;
    if (userOf(token) !== userOf(this.#token)) {
      this.#isAfterSomebody = true;
      // What is shown was for whoever was here, and may be nobody else's to see.
      if (this.#token !== null) this.#guarded.leave();
    }
    // What was called by somebody else is not sent again by this one.
    if (!this.#guarded.hasBegun) this.lost();
    this.#token = token;
    this.#isPresented = true;
    this.#until = token === null ? 0 : Date.now() + (refreshDelay(token, isFresh, Date.now()) ?? Infinity);
    if (!isNews) return;
    this.#said += 1;
    const message = { type: 'authenticate', id: this.#said, token } as const;
    this.introduction = token === null ? [] : [message];
    this.#guarded.say(message);
  }

  async #fetch({ fetchToken }: SignedIn, forceRefreshToken: boolean): Promise<string | null> {
    try {
      return (await fetchToken({ forceRefreshToken })) ?? null;
    } catch (error) {
      this.#platform.report(error);
      return null;
    }
  }

  #tell(event: () => void): void {
    try {
      event();
    } catch (error) {
      this.#platform.report(error);
    }
  }

  #hold(): void {
    if (this.isHolding) return;
    this.isHolding = true;
    this.#released = Promise.withResolvers();
  }

  #release(): void {
    this.isHolding = false;
    this.#released.resolve();
    this.#guarded.release();
  }
}
