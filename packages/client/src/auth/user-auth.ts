import type { Platform } from '../platform/platform.ts';
import { type AuthResult, type Fields, readAnswer, toResult } from './auth-calls.ts';
import type { AuthEvent, AuthListener, Session, SessionStorage, User } from './auth-session.ts';
import type { FetchToken } from './sign-in.ts';
import { refreshDelay } from './token-claims.ts';

/** All projects of an origin keep their sessions under this name: whose it is stands inside. */
const key = 'betterbase_session';
/** Between attempts to reach the server, ms. */
const pause = 5_000;

export interface UserAuthParts {
  readonly url: string;
  readonly storage: SessionStorage | null;
  readonly platform: Pick<Platform, 'fetch' | 'after' | 'report'>;
  /** Somebody is signed in, and shows these tokens. */
  readonly enter: (fetchToken: FetchToken) => void;
  readonly leave: () => void;
}

/** What signing in brings about. */
export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

type Credentials = [fields: Fields] | [email: string, password: string, name?: string];

/** The project's own users, as one device sees them. Nothing is thrown for what the server refuses: it is the result's `error`. */
export interface UserAuth {
  /** Who is signed in, as this device knows it. */
  readonly session: Session | null;
  /** Makes an account, and signs in to it. */
  signUp(...credentials: Credentials): Promise<AuthResult<SignedIn>>;
  signIn(...credentials: Credentials): Promise<AuthResult<SignedIn>>;
  /** Ends the session, here at once, and on the server. */
  signOut(): Promise<AuthResult<Fields>>;
  /** Who is signed in, as the server knows it now. */
  getSession(): Promise<AuthResult<{ readonly session: Session | null }>>;
  /** A token for functions, for whoever calls them in another way; null when nobody is signed in. */
  getToken(wanted?: Parameters<FetchToken>[0]): Promise<string | null>;
  /** Goes on with a session that was begun elsewhere; null: with none. */
  setToken(token: string | null): Promise<AuthResult<Fields>>;
  /** Hears who is signed in now, and whenever that changes, in this tab or in another. */
  onAuthStateChange(listener: AuthListener): () => void;
  /**
   * Anything that the project's `/auth` can do; what it says is `data`. Without fields it only asks.
   *
   * @example await client.auth.call('change-password', { currentPassword, newPassword });
   * @param token of a session that was begun elsewhere
   */
  call<Data = SignedIn>(path: string, fields?: Fields, token?: string): Promise<AuthResult<Data>>;
}

/** Keeps a session between visits, in step with the other tabs of the browser, and makes tokens for functions of it. */
export function createUserAuth({ url, storage, platform, enter, leave }: UserAuthParts): UserAuth {
  const listeners = new Set<AuthListener>();
  let session: Session | null = null;
  let access: string | null = null;
  /** When it will not do any more, by this machine's clock, which also goes on while the machine sleeps. */
  let until = 0;
  /** What a second step of signing in must bring along. */
  let challenge: unknown;

  const tell = (listener: AuthListener, event: AuthEvent): void => {
    try {
      listener(event, session);
    } catch (error) {
      platform.report(error);
    }
  };
  const tellAll = (event: AuthEvent): void => listeners.forEach((listener) => tell(listener, event));

  const change = (next: Session | null, token: string | null): void => {
    const before = session;
    const isSame = next?.token === before?.token;
    session = next;
    // Another tab may have learned something of the user: the token that is here stays as good.
    if (token || !isSame) {
      access = token;
      until = token ? Date.now() + (refreshDelay(token, true, 0) ?? Infinity) : 0;
    }
    if (isSame) return;
    // Whatever is on its way to another user, nothing of this one's is shown meanwhile.
    if (before && (!next || next.user?.id !== before.user?.id)) leave();
    if (next) enter(fetchToken);
    tellAll(next === null ? 'SIGNED_OUT' : 'SIGNED_IN');
  };

  const keep = async (next: Session | null): Promise<void> => {
    try {
      await (next === null ? storage?.removeItem(key) : storage?.setItem(key, JSON.stringify({ ...next, url })));
    } catch (error) {
      // A storage that is full or locked: the session is this visit's alone.
      platform.report(error);
    }
  };

  const save = (next: Session | null, token: string | null): void => {
    void keep(next);
    change(next, token);
  };

  /** Null for what is not ours, or of another project. */
  const read = (text: string | null): Session | null => {
    try {
      const kept = JSON.parse(String(text)) as Session & { readonly url: string };
      return kept?.url === url ? kept : null;
    } catch {
      // Somebody else has written here.
      return null;
    }
  };

  const ask = async (path: string, fields?: Fields, token = session?.token): Promise<Fields> => {
    const headers = {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
      ...(challenge ? { 'auth-challenge': String(challenge) } : {}),
    };
    const request = fields ? { method: 'POST', headers, body: JSON.stringify(fields) } : { headers };
    return readAnswer(await platform.fetch(`${url}/auth/${path}`, request));
  };

  /** Somebody is signed in, if the server says so. */
  const take = (answer: Fields, own = session?.token): boolean => {
    const { accessToken, session: told, user, token = own } = answer;
    challenge = answer['challenge'];
    if (typeof accessToken !== 'string') return false;
    save({ ...(told as object), token, user } as Session, accessToken);
    return true;
  };

  /** Learns the newest that the server knows of the session. One that is over is forgotten. */
  const refresh = async (): Promise<{ readonly session: Session | null }> => {
    await loaded;
    const before = session;
    const answer = before && (await ask('get-session'));
    if (session?.token === before?.token) {
      if (answer && take(answer)) tellAll('TOKEN_REFRESHED');
      else save(null, null);
    }
    return { session };
  };

  const fetchToken: FetchToken = async ({ forceRefreshToken }) => {
    await loaded;
    // What is no answer says nothing about the user.
    while (session && (forceRefreshToken || Date.now() > until) && (await toResult(refresh)).error)
      await new Promise<void>((resolve) => void platform.after(pause, resolve));
    return access;
  };

  const call: UserAuth['call'] = <Data>(path: string, fields?: Fields, token?: string) =>
    toResult(async () => {
      await loaded;
      const answer = await ask(path, fields, token);
      return (take(answer, token) ? { ...answer, session } : answer) as Data;
    });

  const signOut: UserAuth['signOut'] = () => {
    const token = session?.token;
    save(null, null);
    return toResult(async () => (token ? await ask('sign-out', {}, token) : {}));
  };

  const kept = storage?.getItem(key);
  let loaded: Promise<unknown> | null = null;
  if (typeof kept === 'object' && kept) loaded = kept.then((text) => (session ??= read(text)), platform.report);
  else if (kept) session = read(kept);
  // Nothing is said to the server before it is known who says it.
  if (loaded || session) enter(fetchToken);
  if (typeof document !== 'undefined')
    addEventListener('storage', (event) => event.key === key && event.storageArea === storage && change(read(event.newValue), null));

  return {
    get session() {
      return session;
    },
    signUp: (...given) => call('sign-up/email', { name: '', ...fieldsOf(given) }),
    signIn: (...given) => call('sign-in/email', fieldsOf(given)),
    signOut,
    getSession: () => toResult(refresh),
    getToken: async (wanted = { forceRefreshToken: false }) => (await fetchToken(wanted)) ?? null,
    setToken: (token) => (token ? call('get-session', undefined, token) : signOut()),
    onAuthStateChange(listener) {
      listeners.add(listener);
      void Promise.resolve(loaded).then(() => listeners.has(listener) && tell(listener, 'INITIAL_SESSION'));
      return () => listeners.delete(listener);
    },
    call,
  };
}

function fieldsOf([first, password, name = '']: Credentials): Fields {
  return typeof first === 'string' ? { email: first, password, name } : first;
}
