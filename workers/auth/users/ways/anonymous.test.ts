import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { clientId, clientSecret, type OidcIssuer, startOidcIssuer } from '../../../gateway/test/oidc-issuer.ts';
import { type Answer, UsersBench } from '../../test/users-bench.ts';
import { verifier, visitIssuer } from '../../test/visit-issuer.ts';

const email = 'ada@example.com';
const phone = '+15550100200';
const password = 'correct horse battery';
const settings = {
  anonymous_enabled: true,
  otp_enabled: true,
  magic_link_enabled: true,
  phone_enabled: true,
};

let issuer: OidcIssuer;
beforeAll(async () => {
  issuer = await startOidcIssuer();
});
afterAll(() => issuer.stop());

async function start(change: Parameters<UsersBench['set']>[0] = {}): Promise<UsersBench> {
  const bench = new UsersBench();
  bench.values['COMPANY_CLIENT_SECRET'] = clientSecret;
  await bench.set({ ...settings, oidc_providers: { company: { issuer: issuer.url, client_id: clientId } }, ...change });
  return bench;
}

interface Way {
  /** Something to show, which was sent. */
  readonly prepare: (bench: UsersBench, token?: string) => Promise<string>;
  /** Signs in, or up. */
  readonly enter: (bench: UsersBench, shown: string, token?: string) => Promise<Answer>;
}

const nothing = async (): Promise<string> => '';
const codeIn = async (bench: UsersBench): Promise<string> => /\b\d{6}\b/.exec((await bench.message()).text)?.[0] ?? '';

const ways: Readonly<Record<string, Way>> = {
  password: {
    prepare: nothing,
    enter: async (bench, _, token) => {
      const up = await bench.post('/sign-up/email', { name: 'Ada', email, password }, { token });
      return up.status === 422 ? await bench.post('/sign-in/email', { email, password }, { token }) : up;
    },
  },
  'code by e-mail': {
    prepare: async (bench) => (await bench.post('/otp/send', { email }), await codeIn(bench)),
    enter: (bench, code, token) => bench.post('/otp/verify', { email, code }, { token }),
  },
  'link by e-mail': {
    prepare: async (bench) => {
      await bench.post('/magic-link/send', { email, callbackURL: 'http://localhost:5173/' });
      return /token=(\w+)/.exec((await bench.message()).text)?.[1] ?? '';
    },
    enter: (bench, shown, token) => bench.get(`/magic-link/verify?token=${shown}`, { token }),
  },
  'code by text message': {
    prepare: async (bench) => (await bench.post('/phone/send', { phone }), await codeIn(bench)),
    enter: (bench, code, token) => bench.post('/phone/verify', { phone, code }, { token }),
  },
  issuer: {
    prepare: async (bench, token) => (token === undefined ? '' : (await bench.post('/link-code', {}, { token })).body.code),
    enter: async (bench, link, token) => bench.post('/exchange', { code: await visitIssuer(bench, link), verifier }, { token }),
  },
};

const names = Object.keys(ways);
const wayOf = (name: string): Way => ways[name] ?? { prepare: nothing, enter: () => Promise.reject(new Error(name)) };

async function begin(bench: UsersBench): Promise<{ readonly id: string; readonly token: string }> {
  const { body } = await bench.post('/sign-in/anonymous');
  return { id: body.user.id, token: body.token };
}

const userOf = async (bench: UsersBench, token: string): Promise<{ readonly id: string; readonly isAnonymous?: boolean } | null> =>
  (await bench.get('/get-session', { token })).body?.user ?? null;
const count = (bench: UsersBench, table: string): unknown => bench.disk.rows(`SELECT count(*) FROM auth_${table}`)[0]?.[0];

test.each(names)('by %s somebody without an account gets one under the id they had, with the sessions they had, and once', async (name) => {
  const { prepare, enter } = wayOf(name);
  const bench = await start();
  const { id, token } = await begin(bench);
  bench.users.directory.change(id, { role: 'tester', metadata: { cart: 3 } });
  const shown = await prepare(bench, token);
  const up = await enter(bench, shown, token);
  expect([up.status, up.body.user?.id, up.body.user?.isAnonymous]).toEqual([200, id, false]);
  expect(await userOf(bench, token)).toMatchObject({ id, isAnonymous: false, role: 'tester', metadata: { cart: 3 } });
  expect([count(bench, 'user'), up.body.anonymous]).toEqual([1, undefined]);
  bench.now += 3_600_000;
  expect((await enter(bench, await prepare(bench))).body.user.id).toBe(id);

  // What was shown as somebody without an account is now theirs: it does not make a second one theirs, too.
  const other = await bench.post('/sign-up/email', { name: 'Eve', email: 'eve@example.com', password }, { token });
  expect([other.status, other.body.user.id === id]).toEqual([200, false]);
});

test.each(names)(
  'by %s, whenever the process ends, they have the account wholly or not at all',
  async (name) => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => void vi.restoreAllMocks());
    const { prepare, enter } = wayOf(name);
    const seen = new Set<string>();
    for (const when of ['before', 'after'] as const)
      for (let at = 1, done = false; !done; at++) {
        const bench = await start();
        const { id, token } = await begin(bench);
        const shown = await prepare(bench, token);
        bench.crash = { in: at, when };
        await enter(bench, shown, token).catch(() => null);
        done = bench.crash.in > 0;
        bench.crash = null;
        const user = await userOf(bench, token);
        expect([at, when, user?.id, count(bench, 'user')]).toEqual([at, when, id, 1]);
        const accounts = count(bench, 'account');
        const wanted = name === 'password' || name === 'issuer' ? 1 : 0;
        expect([at, when, user?.isAnonymous === true ? 0 : wanted]).toEqual([at, when, accounts]);
        const state = user?.isAnonymous === true ? 'as before' : 'upgraded';
        const isNews = !seen.has(state);
        seen.add(state);
        if (!isNews) continue;
        bench.now += 3_600_000;
        const again = await enter(bench, await prepare(bench, token), token);
        expect([at, when, again.status, again.body.user.id]).toEqual([at, when, 200, id]);
      }
    expect([...seen].toSorted()).toEqual(['as before', 'upgraded']);
  },
  120_000,
);

test('two that make an account at once are told apart: one of them has it', async () => {
  const bench = await start();
  const { id, token } = await begin(bench);
  const { users } = bench;
  const upgrade = users.upgrade.bind(users);
  users.upgrade = (wanted) => {
    users.upgrade = upgrade;
    expect(upgrade({ user: id, set: { email: 'faster@example.com' }, first: null }).ok).toBe(true);
    return upgrade(wanted);
  };
  const slower = await bench.post('/sign-up/email', { name: '', email, password }, { token });
  expect([slower.status, slower.body.errorCode]).toEqual([409, 'auth/upgraded']);
  expect(await userOf(bench, token)).toMatchObject({ id, email: 'faster@example.com' });
  expect([count(bench, 'user'), count(bench, 'account')]).toEqual([1, 0]);
});

test('an address that has an account is refused as such, and nothing changes', async () => {
  const bench = await start();
  await bench.signUp(email);
  const { id, token } = await begin(bench);
  const taken = await bench.post('/sign-up/email', { name: '', email, password: 'another one entirely' }, { token });
  expect([taken.status, taken.body.errorCode]).toEqual([422, 'auth/account-exists']);
  expect(await userOf(bench, token)).toMatchObject({ id, isAnonymous: true });
});

test.each(names)(
  'by %s, who signs in to an account that was there before goes on as it, and the app moves what they had, if it can',
  async (name) => {
    const { prepare, enter } = wayOf(name);
    for (const app of ['none', 'fails', 'moves'] as const) {
      const bench = await start(app === 'none' ? {} : { anonymous_merge: 'users:merge' });
      const moved: unknown[] = [];
      bench.moveUser = (path, args) => (moved.push([path, JSON.parse(args)]), app === 'moves');
      const there = (await enter(bench, await prepare(bench))).body.user.id;
      bench.now += 3_600_000;
      const { id, token } = await begin(bench);
      const entered = await enter(bench, await prepare(bench, token), token);
      expect([name, app, entered.body.user?.id]).toEqual([name, app, there]);
      expect(moved).toEqual(app === 'none' ? [] : [['users:merge', { from: id, to: there }]]);
      expect((await userOf(bench, token))?.id).toBe(app === 'moves' ? undefined : id);
      expect(entered.body.anonymous).toEqual({ id, merged: app === 'moves' });
    }
  },
  60_000,
);

test('where addresses must be confirmed, the account is theirs when it is, and not before', async () => {
  const bench = await start({ require_email_verification: true });
  const { id, token } = await begin(bench);
  const up = await bench.post('/sign-up/email', { name: 'Ada', email, password }, { token });
  expect([up.status, up.body.token]).toEqual([200, null]);
  expect(await userOf(bench, token)).toMatchObject({ id, isAnonymous: true });
  const link = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  expect((await bench.post('/sign-in/email', { email, password })).status).toBe(403);

  await bench.post(`/verify-email${link.search}`);
  expect(await userOf(bench, token)).toMatchObject({ id, isAnonymous: false, email, emailVerified: true, name: 'Ada' });
  expect(count(bench, 'user')).toBe(1);
  expect((await bench.post('/sign-in/email', { email, password })).body.user.id).toBe(id);
});

test('an account that waits to be confirmed does not become that of somebody who has got another in the meantime', async () => {
  const bench = await start({ require_email_verification: true });
  const { id, token } = await begin(bench);
  await bench.post('/sign-up/email', { name: 'Ada', email, password }, { token });
  const link = new URL(/http\S+/.exec((await bench.message()).text)?.[0] ?? '');
  await bench.post('/phone/send', { phone });
  expect((await bench.post('/phone/verify', { phone, code: await codeIn(bench) }, { token })).body.user.id).toBe(id);
  await bench.post(`/verify-email${link.search}`);
  const { user } = (await bench.post('/sign-in/email', { email, password })).body;
  expect([user.id === id, user.email, count(bench, 'user')]).toEqual([false, email, 2]);
});
