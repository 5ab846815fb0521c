import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AuthServer } from '../../test/auth-server.ts';
import type { SessionStorage } from './auth-session.ts';
import type { FetchToken } from './sign-in.ts';
import { createUserAuth, type UserAuth } from './user-auth.ts';

const url = 'https://api.example.com/p/shop';

let server: AuthServer;
/** What went wrong without anybody asking. */
let reports: unknown[];
/** Whom the connection was told about: how tokens are fetched; null: nobody. */
let entered: (FetchToken | null)[];

beforeEach(() => {
  vi.useFakeTimers();
  server = new AuthServer();
  reports = [];
  entered = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function device(storage: SessionStorage | null = memory(), at = url): UserAuth {
  const platform = {
    fetch: server.fetch,
    report: (error: unknown): void => void reports.push(error),
    after: (delay: number, work: () => void) => {
      const timer = setTimeout(work, delay);
      return () => clearTimeout(timer);
    },
  };
  return createUserAuth({ url: at, storage, platform, enter: (fetchToken) => entered.push(fetchToken), leave: () => entered.push(null) });
}

function memory(kept = new Map<string, string>()): SessionStorage {
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key) };
}

const ada = ['ada@example.com', 'correct horse battery'] as const;

describe('a session is kept', () => {
  test('where the app says, and found again on the next visit', async () => {
    const storage = memory();
    await device(storage).signIn(...ada);
    const again = device(storage);
    expect(again.session?.user?.email).toBe('ada@example.com');
    expect(await again.getToken()).toEqual(expect.any(String));
    expect(device(storage, 'https://api.example.com/p/other').session).toBeNull();
  });

  test('where asking takes time, as on phones: nobody is told of it before it is known', async () => {
    const storage = memory();
    await device(storage).signIn(...ada);
    const slow: SessionStorage = {
      getItem: async (key) => (await new Promise((resolve) => setTimeout(resolve, 100)), await storage.getItem(key)),
      setItem: async (key, value) => storage.setItem(key, value),
      removeItem: async (key) => storage.removeItem(key),
    };
    const phone = device(slow);
    const events: unknown[] = [];
    phone.onAuthStateChange((event, session) => events.push([event, session?.user?.email]));
    expect([phone.session, events, entered.length]).toEqual([null, [], 2]);
    await vi.advanceTimersByTimeAsync(100);
    expect(events).toEqual([['INITIAL_SESSION', 'ada@example.com']]);
    await phone.signOut();
    await vi.advanceTimersByTimeAsync(0);
    expect(await storage.getItem('betterbase_session')).toBeNull();
  });

  test('in cookies, so that the server that makes the page knows the user', async () => {
    const jar = new Map<string, string>();
    const cookies: SessionStorage = {
      getItem: (key) => (jar.has(key) ? decodeURIComponent(jar.get(key) ?? '') : null),
      setItem: (key, value) => jar.set(key, encodeURIComponent(value)),
      removeItem: (key) => jar.delete(key),
    };
    await device(cookies).signIn(...ada);
    expect(jar.get('betterbase_session')?.length).toBeLessThan(4_000);
    expect((await device({ ...cookies, setItem: () => {} }).getSession()).data?.session?.user?.email).toBe('ada@example.com');
  });

  test('for this visit, where nothing can be kept: that is reported, and nobody is locked out', async () => {
    const refuse = (): never => {
      throw new Error('full');
    };
    const full = device({ getItem: () => null, setItem: refuse, removeItem: refuse });
    expect((await full.signIn(...ada)).error).toBeNull();
    expect([full.session?.user?.email, reports]).toEqual(['ada@example.com', [new Error('full')]]);
    const locked = device({ getItem: async () => refuse(), setItem: async () => refuse(), removeItem: async () => refuse() });
    expect((await locked.signIn(...ada)).error).toBeNull();
    expect(locked.session?.user?.email).toBe('ada@example.com');
    await vi.advanceTimersByTimeAsync(0);
    expect(reports).toHaveLength(3);
  });
});

describe('tabs of one browser', () => {
  /** Each hears what the others write. */
  function tabs(): { open(): UserAuth } {
    const kept = new Map<string, string>();
    const open = new Map<SessionStorage, (event: object) => void>();
    vi.stubGlobal('document', {});
    return {
      open: () => {
        const tell = (newValue: string | null): void => {
          for (const [storageArea, hear] of open) if (storageArea !== storage) hear({ key: 'betterbase_session', newValue, storageArea });
        };
        const storage: SessionStorage = {
          getItem: (key) => kept.get(key) ?? null,
          setItem: (key, value) => (kept.set(key, value), tell(value)),
          removeItem: (key) => (kept.delete(key), tell(null)),
        };
        vi.stubGlobal('addEventListener', (_: string, hear: (event: object) => void) => open.set(storage, hear));
        return device(storage);
      },
    };
  }

  test('are of one user: signing in and out in one is heard in all', async () => {
    const browser = tabs();
    const [one, other] = [browser.open(), browser.open()];
    const events: unknown[] = [];
    other.onAuthStateChange((event) => events.push(event));
    await one.signIn(...ada);
    expect([other.session?.user?.email, await other.getToken()]).toEqual(['ada@example.com', expect.any(String)]);
    await one.signOut();
    expect([other.session, await other.getToken()]).toEqual([null, null]);
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_IN', 'TOKEN_REFRESHED', 'SIGNED_OUT']);
  });

  test('ask for tokens at the same moment without disturbing each other', async () => {
    const browser = tabs();
    await browser.open().signIn(...ada);
    const [one, other] = [browser.open(), browser.open()];
    const tokens = await Promise.all([one, other, one, other].map((each) => each.getToken({ forceRefreshToken: true })));
    expect(tokens).toEqual([expect.any(String), expect.any(String), expect.any(String), expect.any(String)]);
    expect([one.session?.token, other.session?.token]).toEqual(['session 1', 'session 1']);
  });

  test('when somebody else signs in, hold back everything of the user before at once', async () => {
    const browser = tabs();
    const [one, other] = [browser.open(), browser.open()];
    await one.signIn(...ada);
    entered.length = 0;
    await other.signIn('bob@example.com', 'correct horse battery');
    // In each of the two: nobody, and then how to get the tokens of the other user.
    expect(entered.map((each) => each === null)).toEqual([true, false, true, false]);
  });
});

test('the same user once more stays the same to the connection', async () => {
  const phone = device();
  await phone.signIn(...ada);
  entered.length = 0;
  await phone.signIn(...ada);
  expect(entered).toEqual([expect.any(Function)]);
});

describe('a token that is shown', () => {
  test('is asked for once, and again shortly before it is over, also when the machine slept', async () => {
    const phone = device();
    await phone.signIn(...ada);
    const first = await phone.getToken();
    expect([await phone.getToken(), server.asked]).toEqual([first, ['sign-in/email']]);
    // No timer runs while a machine sleeps, but its clock does.
    vi.setSystemTime(Date.now() + 8 * 60 * 60 * 1000);
    const second = await phone.getToken();
    expect(second).not.toBe(first);
    expect([await phone.getToken(), server.asked]).toEqual([second, ['sign-in/email', 'get-session']]);
  });

  test.each([-2, 2])('is as old as it is, on a device whose clock is %i hours off', async (hours) => {
    server.ahead = hours * 60 * 60;
    const phone = device();
    await phone.signIn(...ada);
    const first = await phone.getToken();
    await vi.advanceTimersByTimeAsync(14 * 60_000);
    expect([await phone.getToken(), server.asked]).toEqual([first, ['sign-in/email']]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await phone.getToken()).not.toBe(first);
  });
});

test('a device that starts without a network is signed in, and waits for its token', async () => {
  const storage = memory();
  await device(storage).signIn(...ada);
  server.isReachable = false;
  const phone = device(storage);
  const events: unknown[] = [];
  phone.onAuthStateChange((event, session) => events.push([event, session?.user?.email]));
  const token = phone.getToken();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([phone.session?.user?.email, events]).toEqual(['ada@example.com', [['INITIAL_SESSION', 'ada@example.com']]]);
  expect(await phone.getSession()).toMatchObject({ error: { code: 'connection/lost' } });
  server.isReachable = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await token).toEqual(expect.any(String));
  expect(phone.session?.token).toBe('session 1');
});

test('a session that is over on the server is over here when it is asked for', async () => {
  const phone = device();
  const events: unknown[] = [];
  phone.onAuthStateChange((event) => events.push(event));
  await phone.signIn(...ada);
  server.sessions.clear();
  expect(await phone.getToken({ forceRefreshToken: true })).toBeNull();
  expect([phone.session, events.at(-1), entered.at(-1)]).toEqual([null, 'SIGNED_OUT', null]);
});
